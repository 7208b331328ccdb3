// Rules about exclusive paths across the fleet: claimed twice, not denied elsewhere, or writable by nobody.
import { visibleShort } from '../../findings/visible.ts';
import type { Draft, Span } from '../draft.ts';
import { type Fleet, type Member, memberSpan } from '../fleet.ts';
import { GlobCover, plainGlob } from '../globCover.ts';
import { canWrite } from '../toolNames.ts';
import { someOf } from '../wording.ts';

/** How many agents a message names before it only counts them. */
const mostNamed = 5;

interface Claim {
  readonly member: Member;
  readonly index: number;
  readonly glob: string;
}

function* claimsOf(fleet: Fleet): Generator<Claim> {
  for (const member of fleet.members.values())
    for (const [index, glob] of member.agent.exclusiveAccess.entries()) yield { member, index, glob };
}

const claimSpan = (fleet: Fleet, claim: Claim): Span =>
  memberSpan(fleet, claim.member, 'exclusive_access', claim.index);

const nameOf = (member: Member): string => visibleShort(member.agent.id);

export function* exclusiveTwice(fleet: Fleet): Generator<Draft> {
  const first = new Map<string, Claim>();
  for (const claim of claimsOf(fleet)) {
    const path = plainGlob(claim.glob);
    const earlier = first.get(path);
    if (earlier === undefined) first.set(path, claim);
    else if (earlier.member !== claim.member) {
      const glob = visibleShort(claim.glob);
      const owner = nameOf(earlier.member);
      yield {
        code: 'registry/exclusive-twice',
        span: claimSpan(fleet, claim),
        agent: claim.member.agent.id,
        args: { path: glob, owner },
        message: `\`${glob}\` is exclusive to \`${owner}\` already, so it cannot be exclusive to \`${nameOf(claim.member)}\` too. Remove it from one of them.`,
        related: [{ span: claimSpan(fleet, earlier), message: `exclusive to \`${owner}\` here` }],
      };
    }
  }
}

/** One finding per exclusive path that others, who could write it by their tools, do not list as denied. */
export function* exclusiveNotDenied(fleet: Fleet): Generator<Draft> {
  const claims = [...claimsOf(fleet)];
  if (claims.length === 0) return;
  const writers = [...fleet.members.values()].filter(({ agent }) => canWrite(agent.tools));
  const deniedBy = new Map<string, Member[]>();
  for (const member of writers)
    for (const glob of member.agent.cannotAccess) {
      const members = deniedBy.get(glob);
      if (members === undefined) deniedBy.set(glob, [member]);
      else members.push(member);
    }
  const owners = new Map<string, Member[]>();
  for (const { glob, member } of claims) {
    const path = plainGlob(glob);
    owners.set(path, [...(owners.get(path) ?? []), member]);
  }
  const cover = new GlobCover(deniedBy.keys());
  for (const claim of claims) {
    const denied = new Set<Member>(owners.get(plainGlob(claim.glob)));
    for (const glob of cover.covering(claim.glob))
      for (const member of deniedBy.get(glob) ?? []) denied.add(member);
    const others = writers.filter((member) => !denied.has(member));
    if (others.length === 0) continue;
    const glob = visibleShort(claim.glob);
    // The names are shown, and there may be a thousand of them: only the first few are made.
    const names = others.slice(0, mostNamed).map(nameOf);
    yield {
      code: 'registry/exclusive-not-denied',
      span: claimSpan(fleet, claim),
      agent: claim.member.agent.id,
      args: { path: glob, others: names, count: others.length },
      message: `\`${glob}\` is exclusive to \`${nameOf(claim.member)}\`, but ${someOf(names, others.length)} ${others.length === 1 ? 'does' : 'do'} not list it in \`cannot_access\`. It is denied to them all the same.`,
    };
  }
}

/** An exclusive path whose owner is denied it, by itself, by a wider claim of another, or by its tools. */
export function* nobodyMayWrite(fleet: Fleet): Generator<Draft> {
  const claims = [...claimsOf(fleet)];
  const claimed = new GlobCover(claims.map((claim) => claim.glob));
  const firstOf = new Map(claims.map((claim) => [claim.glob, claim]).reverse() as [string, Claim][]);
  for (const claim of claims) {
    const { agent } = claim.member;
    const own = new GlobCover(agent.cannotAccess).covering(claim.glob);
    const denied = agent.cannotAccess.findIndex((glob) => own.has(glob));
    const wider = [...claimed.covering(claim.glob)]
      .map((glob) => firstOf.get(glob))
      .find(
        (other) => other && other.member !== claim.member && plainGlob(other.glob) !== plainGlob(claim.glob),
      );
    const owner = nameOf(claim.member);
    if (denied >= 0)
      yield nobody(fleet, claim, `its \`cannot_access\` denies it to \`${owner}\` itself`, {
        span: memberSpan(fleet, claim.member, 'cannot_access', denied),
        message: 'denied here',
      });
    else if (wider !== undefined)
      yield nobody(
        fleet,
        claim,
        `\`${visibleShort(wider.glob)}\`, which includes it, is exclusive to \`${nameOf(wider.member)}\``,
        { span: claimSpan(fleet, wider), message: 'exclusive here' },
      );
    else if (!canWrite(agent.tools)) yield nobody(fleet, claim, `\`${owner}\` has no tool that writes`);
  }
}

function nobody(
  fleet: Fleet,
  claim: Claim,
  reason: string,
  related?: NonNullable<Draft['related']>[number],
): Draft {
  const glob = visibleShort(claim.glob);
  return {
    code: 'registry/nobody-may-write',
    span: claimSpan(fleet, claim),
    agent: claim.member.agent.id,
    args: { path: glob },
    message: `Nobody may change \`${glob}\`: it is exclusive to \`${nameOf(claim.member)}\`, but ${reason}.`,
    ...(related === undefined ? {} : { related: [related] }),
  };
}
