// Before all steps: what it keeps, the other parts find again.
const tl = require('azure-pipelines-task-lib/task');
tl.setTaskVariable('kept', 'from before');
console.log('before all steps');
