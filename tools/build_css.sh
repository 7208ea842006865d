#!/bin/sh
# Compile scss/wc.scss, the part of USWDS we use, into static/css/wc.css. Only for those who change scss/:
# the result is committed, and everybody else needs no Node.
#
#   tools/build_css.sh          write static/css/wc.css
#   tools/build_css.sh --check  compile and compare; exit status 1 where the committed file is out of date
#
# Needs Python 3.11, Node and npm. Sass itself is pinned here, USWDS in static/vendor/vendor.toml.
set -eu

sass=1.108.2
root=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

"$root/tools/vendor.py" --unpack "$work/packages" >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts --prefix "$work" "sass@$sass" >/dev/null

uswds="$work/packages/uswds-uswds/package"
{
  printf '@charset "utf-8";\n'
  printf '/* USWDS %s, subset. Do not edit: compiled from scss/wc.scss by tools/build_css.sh with sass %s. */\n' \
    "$(sed -n 's/^ *"version": "\(.*\)",$/\1/p' "$uswds/package.json" | head -n 1)" "$sass"
  "$work/node_modules/.bin/sass" --style=compressed --no-source-map --no-charset --quiet-deps \
    --load-path="$uswds/packages" "$root/scss/wc.scss"
} >"$work/wc.css"

# A picture or font that the CSS names and that is not vendored would stop collectstatic in production.
missing=0
for name in $(grep -o 'url([^)]*)' "$work/wc.css" | tr -d '"' | sed -n 's/^url(\.\.\/\(vendor\/.*\))$/\1/p' | sort -u); do
  if [ ! -f "$root/static/$name" ]; then
    echo "static/$name is named in wc.css but missing: add it to static/vendor/vendor.toml, run tools/vendor.py --write." >&2
    missing=1
  fi
done
[ "$missing" -eq 0 ] || exit 1

if [ "${1:-}" = "--check" ]; then
  cmp "$work/wc.css" "$root/static/css/wc.css" || {
    echo "static/css/wc.css is not what scss/wc.scss compiles to. Run tools/build_css.sh and commit the result." >&2
    exit 1
  }
else
  cp "$work/wc.css" "$root/static/css/wc.css"
fi
