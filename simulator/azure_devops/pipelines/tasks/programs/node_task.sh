# Starts the script of a task that the user has on disk: by the node on PATH, where it is new enough.
# bash node_task.sh RELEASE SCRIPT WHERE [NODE]
#
# The real agent brings a node for each handler, into containers too; here one must be installed. NODE is what the
# label of an image names (as on the agent); WHERE is told in the refusals, whose texts are ours.

wanted=$1 script=$2 where=$3

fail() {
  printf '##vso[task.issue type=error;source=TaskInternal;]%s\n##vso[task.complete result=Failed;]%s\n' "$1" "$1"
  exit 1
}

node=${4:-$(command -v node)}
[ -n "$node" ] ||
  fail "Node.js $wanted is what this task runs with, and $where has no node on PATH: install Node.js where the steps run."
said=$("$node" --version) || fail "The node of $where ($node) does not start: Node.js $wanted is what this task runs with."
major=${said#v}
if [ "${major%%.*}" -lt "$wanted" ]; then
  fail "This task asks for Node.js $wanted; the node on PATH of $where is $said, which is older."
fi
printf '##vso[task.debug]node %s runs a handler of Node.js %s\n' "$said" "$wanted"
exec "$node" "$script"
