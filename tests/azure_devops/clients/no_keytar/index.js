// The MCP server loads keytar when it starts and asks it only when somebody signs in by a browser.
const absent = async () => {
  throw new Error("there is no keytar here: sign in by a personal access token");
};

module.exports = {
  getPassword: absent,
  setPassword: absent,
  deletePassword: absent,
  findPassword: absent,
  findCredentials: absent,
};
