// Everything that a task asks of its agent by azure-pipelines-task-lib.
const tl = require('azure-pipelines-task-lib/task');

async function run() {
  const who = tl.getInput('who', true);
  if (who === 'nobody') {
    throw new Error('nobody is there');
  }
  tl.setVariable('greeting', `hello ${who}`);
  tl.setVariable('LATER', 'set by the task');
  console.log(`folder ${tl.getPathInput('folder')}`);
  console.log(`kept ${tl.getTaskVariable('kept')}`);
  console.log(`secret of ${(tl.getVariable('HIDDEN') || '').length} letters, plain ${tl.getVariable('SHOWN')}`);
  console.log(`known ${tl.getVariables().filter(v => /HIDDEN|SHOWN/.test(v.name)).map(v => `${v.name}:${v.secret}`).sort()}`);
  console.log(`environment ${Object.keys(process.env).filter(n => /^(SECRET_|ENDPOINT_AUTH|INPUT_WHO)/.test(n))}.`);
  console.log(`agent ${tl.getVariable('Agent.TempDirectory') === process.env.AGENT_TEMPDIRECTORY}`);
  const connection = tl.getInput('awsCredentials');
  if (connection) {
    console.log(`key ${tl.getEndpointAuthorizationParameter(connection, 'username', false)}`);
    console.log(`scheme ${tl.getEndpointAuthorizationScheme(connection, false)} at ${tl.getEndpointUrl(connection, false)}`);
  }
  const own = tl.getEndpointUrl('SYSTEMVSSCONNECTION', false);
  const token = tl.getEndpointAuthorizationParameter('SYSTEMVSSCONNECTION', 'AccessToken', false);
  const answer = await fetch(`${own}_apis/projects?api-version=7.1`, { headers: { authorization: `Bearer ${token}` } });
  console.log(`projects ${answer.status}`);
  tl.warning('as warned');
  tl.execSync('bash', ['-c', 'echo from a tool, input "$INPUT_WHO"']);
  tl.setResult(tl.TaskResult.SucceededWithIssues, 'done with issues');
}

run().catch(wrong => tl.setResult(tl.TaskResult.Failed, wrong.message));
