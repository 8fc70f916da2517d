const fs = require("fs");
const os = require("os");

console.log(`looked from ${__filename} in ${process.cwd()} on ${os.hostname()} at ${process.env.INPUT_FOLDER}`);
console.log(`with ${process.env.SECRET_HIDDEN.length} letters and ${process.env.ENDPOINT_AUTH_SCHEME_SYSTEMVSSCONNECTION}`);
console.log("##vso[task.setvariable variable=looked]by node");
try {
  fs.writeFileSync(`${__dirname}/x`, "x");
} catch (wrong) {
  console.log(`refused ${wrong.code}`);
}
