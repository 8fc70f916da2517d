// After all steps, whatever became of them.
const tl = require('azure-pipelines-task-lib/task');
console.log(`after all steps, ${tl.getTaskVariable('kept')}, ${tl.getVariable('Agent.JobStatus')}`);
