# Lays a Python of a container's image into the tool cache, as an environment of its own that `pip` may write.
# bash make_python.sh FOLDER PYTHON
#
# The pip of the image is copied, not linked: it must be able to put a newer one in its place.

folder=$1 python=$2
[ ! -e "$folder.complete" ] || exit 0
"$python" -m venv --without-pip "$folder" || exit
packages=$("$folder/bin/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))') || exit
if pip=$("$python" -c 'import os, pip; print(os.path.dirname(pip.__file__))' 2>/dev/null); then
  cp -R "$pip" "$packages/pip" || exit
  for name in pip pip3; do
    printf '#!/bin/sh\nexec "%s/bin/python" -m pip "$@"\n' "$folder" >"$folder/bin/$name"
    chmod +x "$folder/bin/$name"
  done
fi
: >"$folder.complete"
