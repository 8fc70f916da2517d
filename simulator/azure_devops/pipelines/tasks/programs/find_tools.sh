# Finds the pythons or nodes of a container: a line `version<TAB>path` for each, into a file.
# bash find_tools.sh python|node FILE
#
# They are looked for on PATH, where images of pythons keep them, and in the tool cache (Agent.ToolsDirectory).

file=$2
case $1 in
  python)
    names=('python' 'python3' 'python3.[0-9]' 'python3.[0-9][0-9]')
    more=(/opt/python/*/bin "$AGENT_TOOLSDIRECTORY"/Python/*/x64/bin)
    ask() { "$1" -c 'import platform; print(platform.python_version())'; }
    ;;
  node)
    names=('node')
    more=("$AGENT_TOOLSDIRECTORY"/node/*/x64/bin)
    ask() { "$1" --version; }
    ;;
esac
IFS=: read -r -a folders <<<"$PATH:/usr/local/bin"
seen=()
: >"$file"
for folder in "${folders[@]}" "${more[@]}"; do
  for name in "${names[@]}"; do
    for program in "$folder"/$name; do
      [ -f "$program" ] && [ -x "$program" ] || continue
      real=$(readlink -f "$program")
      case " ${seen[*]} " in *" $real "*) continue ;; esac
      seen+=("$real")
      version=$(ask "$program" 2>/dev/null) && printf '%s\t%s\n' "${version#v}" "$program" >>"$file"
    done
  done
done
