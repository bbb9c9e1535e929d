//! The routes that routing answers, as `cargo xtask build` wrote them from `crates/routes`.

import table from '../../generated/routes.json' with { type: 'json' };

/** The answers of a host if routing fails, by name. */
export const FAILURES = table.failures;

/** How a host answers if routing fails. */
export type Failure = keyof typeof FAILURES;

/** A host's rule for a route. */
export interface Rule {
  /** Its paths. The placeholder at the end stands for one segment, which names a shop. */
  paths: string[];
  /** Whether `x-forwarded-for` names the client. */
  trustsForwarded: boolean;
  /** Whether a client may receive the answer, and later ones, as server-sent events. */
  hasEvents: boolean;
  onFailure: Failure;
}

/** The path of the health check. */
export const HEALTH = table.health;

const RULES = table.routes as Rule[];

/** Returns the rule of the route at a path, which is compared without decoding. */
export function ruleAt(path: string): Rule | undefined {
  return RULES.find(({ paths }) => paths.some((pattern) => pattern === path || segment(pattern, path) !== undefined));
}

/** Returns the decoded shop in the path of a page. */
export function shopIn(path: string): string | undefined {
  const found = RULES.flatMap(({ paths }) => paths.map((pattern) => segment(pattern, path)));
  try {
    return decodeURIComponent(found.find((shop) => shop !== undefined) ?? '') || undefined;
  } catch {
    return undefined;
  }
}

/** Returns the segment that the placeholder of a pattern stands for: it is not empty and has no slash. */
function segment(pattern: string, path: string): string | undefined {
  if (!pattern.endsWith(table.shop)) return undefined;
  const start = pattern.slice(0, -table.shop.length);
  const rest = path.slice(start.length);
  return path.startsWith(start) && rest !== '' && !rest.includes('/') ? rest : undefined;
}
