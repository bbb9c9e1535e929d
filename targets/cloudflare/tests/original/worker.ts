//! The original deployment's pool: Cloudflare's own class for containers, and what its objects leave in storage.
//! `POST /{object}` fills an object and gives it an alarm that is due a moment later.

import { Container } from '@cloudflare/containers';

interface Env {
  AI_GENERATOR: DurableObjectNamespace<AIGeneratorContainer>;
}

/** The delay of the alarm: the deployment that follows finds it due. */
const ALARM_MS = 1500;

export class AIGeneratorContainer extends Container {
  override sleepAfter = '5m';

  constructor(state: DurableObjectState, env: Env) {
    // There is no container here; the class looks at this only to learn that none runs.
    Object.defineProperty(state, 'container', { value: { running: false } });
    super(state as ConstructorParameters<typeof Container>[0], env);
  }

  /** Leaves what the class itself keeps, and tables and keys of the deployment with names that another may want. */
  async fill(): Promise<void> {
    const { storage } = this.ctx;
    await storage.put({ __CF_CONTAINER_STATE: { status: 'healthy', lastChange: Date.now() }, lane: { busy: true } });
    storage.sql.exec('CREATE TABLE jobs (id TEXT PRIMARY KEY, prompt TEXT NOT NULL, status TEXT)');
    storage.sql.exec('CREATE INDEX jobs_by_key ON jobs (status)');
    storage.sql.exec("INSERT INTO jobs VALUES ('job:1', 'a page, please', 'processing')");
    storage.sql.exec('CREATE TABLE metrics (name TEXT, value INTEGER)');
    await this.schedule(new Date(Date.now() + ALARM_MS), 'collect');
    await storage.setAlarm(Date.now() + ALARM_MS);
  }

  collect(): void {
    console.log('the original alarm ran');
  }
}

export default {
  async fetch(request, env) {
    const name = new URL(request.url).pathname.slice(1);
    await env.AI_GENERATOR.get(env.AI_GENERATOR.idFromName(name)).fill();
    return new Response('filled');
  },
} satisfies ExportedHandler<Env>;
