# Shared by scripts/demo and scripts/test: a machine with Node and npm, or nothing but Debian, becomes one that can run the program.
# Sourced by bash with `set -euo pipefail`; the working directory is the project.

say() { printf '\033[2m· %s\033[0m\n' "$*" >&2; }
fail() { printf '%s\n' "$*" >&2; exit 1; }

is_root_on_debian() { [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; }

# need_packages PACKAGE... : installs those that are missing, when we may.
need_packages() {
  local missing=() package
  for package in "$@"; do
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q '^install ok installed' || missing+=("$package")
  done
  [ ${#missing[@]} = 0 ] && return 0
  if ! is_root_on_debian; then
    say "not installed, and only root may: ${missing[*]} (apt-get install --no-install-recommends ${missing[*]})"
    return 1
  fi
  say "installing ${missing[*]}"
  local apt=(apt-get -qq -o Dpkg::Use-Pty=0 -o DPkg::Lock::Timeout=120)
  export DEBIAN_FRONTEND=noninteractive
  # The lists may be fresh already; what cannot be found is looked for once more after an update.
  "${apt[@]}" install -y --no-install-recommends "${missing[@]}" >/dev/null 2>&1 </dev/null ||
    { "${apt[@]}" update </dev/null && "${apt[@]}" install -y --no-install-recommends "${missing[@]}" >/dev/null </dev/null; }
}

# Any Node with npm will do to install: the one that runs the program (24) is a dependency, pinned in the lockfile.
need_npm() {
  command -v npm >/dev/null && return
  command -v dpkg-query >/dev/null || fail 'npm is missing: install Node 20 or later, https://nodejs.org'
  need_packages nodejs npm ca-certificates || fail 'npm is missing, and only root may install it: apt-get install nodejs npm'
}

# Every package of the lockfile lies in node_modules in its version, by npm's own record of what it installed. Costs 0.1 s; npm ci 30 s.
has_dependencies() {
  [ -x node_modules/.bin/node ] && [ -e node_modules/.package-lock.json ] && node_modules/.bin/node -e '
    const read = file => JSON.parse(require("fs").readFileSync(file, "utf8")).packages
    const [wanted, found] = [read("package-lock.json"), read("node_modules/.package-lock.json")]
    const isMissing = ([path, { version, optional }]) => path !== "" && found[path]?.version !== version && !(optional && !found[path])
    process.exit(Object.entries(wanted).some(isMissing) ? 1 : 0)'
}

need_dependencies() {
  if ! has_dependencies; then
    need_npm
    say 'installing dependencies'
    npm ci --no-audit --no-fund --loglevel=error </dev/null || fail 'npm ci did not succeed: see above; behind a proxy set npm_config_registry'
    [ -x node_modules/.bin/node ] || fail "no Node 24 for $(uname -sm): Switchroom runs on Linux x64"
  fi
  PATH="$PWD/node_modules/.bin:$PATH"
  # As src/lib/compile-cache.ts does for the program: stripped types are kept from one process to the next.
  export NODE_COMPILE_CACHE="${NODE_COMPILE_CACHE:-$PWD/node_modules/.cache/switchroom}"
}
