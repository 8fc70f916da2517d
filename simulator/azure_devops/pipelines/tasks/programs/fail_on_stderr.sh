# Runs a command, writes its standard error between its output, and fails with a text when there was any.
# bash fail_on_stderr.sh TEXT COMMAND...  (`failOnStderr`; in bash, which every image of a container job must have)

text=$1
shift
exec 3>&1
"$@" 2>&1 >&3 3>&- | {
  written=0
  while IFS= read -r line || [ -n "$line" ]; do
    written=1
    printf '%s\n' "$line"
  done
  exit "$written"
}
ended=("${PIPESTATUS[@]}")
if [ "${ended[0]}" = 0 ] && [ "${ended[1]}" != 0 ]; then
  printf '##vso[task.logissue type=error]%s\n' "$text"
  exit 1
fi
exit "${ended[0]}"
