//! The worker's loop decides what the vectors say, as the crate `drain` does for the other hosts.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

import {
  Claims,
  Run,
  type ClaimAction,
  type ClaimEvent,
  type RunAction,
  type RunEvent,
} from '../src/objects/drain.ts';

interface Step<Event, Action> {
  at_ms: number;
  event: Event;
  action: Action;
}

interface Vectors {
  claims: {
    name: string;
    policy: { slots: number; jobs_max: number | null; begin_before_ms: number | null; when_idle: unknown };
    begin: ClaimAction;
    steps: Step<ClaimEvent, ClaimAction>[];
  }[];
  runs: {
    name: string;
    terms: { extend_ms: number; parts_max: number | null; complete_attempts: number; complete_pause_ms: number };
    steps: Step<RunEvent, RunAction>[];
  }[];
}

const vectors = JSON.parse(
  readFileSync(new URL('../../../tests/vectors/drain.json', import.meta.url), 'utf8'),
) as Vectors;

/** The Worker's policy: its alarm wakes it again when the next job is due. */
const ours = vectors.claims.filter(
  ({ policy }) =>
    policy.when_idle === 'stop_when_nothing_runs' && policy.jobs_max === null && policy.begin_before_ms === null,
);

test('there are vectors for the policy of the Worker', () => assert.equal(ours.length, 2));

for (const { name, policy, begin, steps } of ours) {
  test(name, () => {
    const claims = new Claims(policy.slots);
    assert.deepEqual(claims.begin(), begin);
    for (const { at_ms, event, action } of steps) {
      assert.deepEqual(claims.handle(event), action, `${JSON.stringify(event)} at ${at_ms} ms`);
    }
  });
}

for (const { name, terms, steps } of vectors.runs) {
  test(name, () => {
    const { extend_ms: extendMs, parts_max: partsMax } = terms;
    const { complete_attempts: completeAttempts, complete_pause_ms: completePauseMs } = terms;
    const run = new Run({ extendMs, partsMax, completeAttempts, completePauseMs }, 0);
    for (const { at_ms, event, action } of steps) {
      assert.deepEqual(run.handle(event, at_ms), action, `${JSON.stringify(event)} at ${at_ms} ms`);
    }
  });
}
