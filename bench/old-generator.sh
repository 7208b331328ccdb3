#!/usr/bin/env bash
# An imitation of the shell generators that came before: a loop over the agents, one sub-process per field, sed for the
# templates. It is written for this comparison from how such tools were made, and is not the original (whose measured
# median was 3.85 s for 26 agents). Where yq would be used, python3 reads the field from the registry as JSON, without its
# site packages, so that it starts about as fast.
# Usage: old-generator.sh <registry.json> <output folder>
set -euo pipefail
registry=$1
out=$2

field() { # agent, field: one sub-process each, as with yq
  python3 -I -S -c 'import json,sys
value = json.load(open(sys.argv[1]))["agents"][sys.argv[2]].get(sys.argv[3], "")
print("\n".join(value) if isinstance(value, list) else value)' "$registry" "$1" "$2"
}
bullets() { sed -e '/^$/d' -e 's/^/- /'; }
escape() { sed -e 's/[\\&|]/\\&/g' | tr '\n' ' '; }

agents=$(python3 -c 'import json,sys; print("\n".join(json.load(open(sys.argv[1]))["agents"]))' "$registry")
for agent in $agents; do
  display=$(field "$agent" display_name | escape)
  description=$(field "$agent" description | escape)
  model=$(field "$agent" model)
  tools=$(field "$agent" tools | bullets | escape)
  denied=$(field "$agent" cannot_access | bullets | escape)
  exclusive=$(field "$agent" exclusive_access | bullets | escape)
  delegates=$(field "$agent" delegates_to | bullets | escape)
  duties=$(field "$agent" responsibilities | bullets | escape)
  forbidden=$(field "$agent" forbidden | bullets | escape)
  mkdir -p "$out/agents/$agent/.claude"
  echo '{"model": "@MODEL@", "description": "@DESCRIPTION@", "hooks": {}}' |
    sed -e "s|@MODEL@|$model|" -e "s|@DESCRIPTION@|$description|" >"$out/agents/$agent/.claude/settings.json"
  printf '# @NAME@\n@DESCRIPTION@\n@TOOLS@\n@DENIED@\n@EXCLUSIVE@\n@DELEGATES@\n@DUTIES@\n@FORBIDDEN@\n' |
    sed -e "s|@NAME@|$display|" -e "s|@DESCRIPTION@|$description|" -e "s|@TOOLS@|$tools|" -e "s|@DENIED@|$denied|" \
      -e "s|@EXCLUSIVE@|$exclusive|" -e "s|@DELEGATES@|$delegates|" -e "s|@DUTIES@|$duties|" \
      -e "s|@FORBIDDEN@|$forbidden|" >"$out/agents/$agent/.claude/CLAUDE.md"
done
