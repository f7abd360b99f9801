#!/bin/sh
# Print the Python that packages the app: 3.13 if it can be found, else 3.12, else 3.11. DEPLOYED_PYTHON
# overrides. pyenv's shims exist for versions that are not active, so each candidate is tried, not trusted.
for candidate in "$DEPLOYED_PYTHON" \
  python3.13 "$HOME"/.pyenv/versions/3.13.*/bin/python \
  python3.12 "$HOME"/.pyenv/versions/3.12.*/bin/python \
  python3.11 "$HOME"/.pyenv/versions/3.11.*/bin/python; do
  if [ -n "$candidate" ] && "$candidate" -c 'import ensurepip, venv' 2>/dev/null; then
    command -v "$candidate"
    exit 0
  fi
done
echo "No Python 3.13, 3.12 or 3.11 found to package with; set DEPLOYED_PYTHON to one." >&2
exit 1
