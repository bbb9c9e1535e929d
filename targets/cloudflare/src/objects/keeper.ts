//! Decides every write to the keys of its share, because Workers KV has no compare-and-swap. Writes are
//! copied to Workers KV, from which they are read; the alarm retries failed copies.
//!
//! It never decides what is written, and holds no data outside the adapter.

import { DurableObject } from 'cloudflare:workers';

import { write } from '../capabilities/ambient.ts';
import { isReadFromKeeper, readEntry, VERSION_OF_OLD, type Found, type Mark } from '../capabilities/kv-entry.ts';
import { answered, reason, type Answered } from '../component/refusal.ts';
import type { StorefrontImports } from '../component/storefront.ts';
import type { Counter } from '../platform/counters.ts';
import type { Env, KvStore } from '../env.ts';
import { Adapter, owned, type Backends } from './backends.ts';
import { Copies, type Copy } from './copies.ts';

type Swap = Awaited<ReturnType<StorefrontImports['wandstore:capabilities/kv']['compareAndSwap']>>;

/** Bytes in the adapter's memory. */
type Bytes = InstanceType<Backends['values']['Value']>;

/** The minimum TTL in Workers KV, a minute. */
const KV_TTL_SECONDS_MIN = 60;
/** The delay of a copy that failed or is made in the background. */
const COPY_AGAIN_MS = 2000;
/** How often expired keys are purged. */
const PURGE_EVERY_MS = 60 * 60_000;
/** The maximum number of copies, and of purges, per alarm. */
const BATCH = 200;

export class Keeper extends DurableObject<Env> {
  readonly #adapter: Adapter;
  readonly #copies: Copies;
  /** The last pending copy of each key, so that copies of a key stay in order. */
  readonly #underway = new Map<string, Promise<void>>();

  constructor(state: DurableObjectState, env: Env) {
    super(state, env);
    this.#adapter = new Adapter(state.storage.sql);
    this.#copies = new Copies(state.storage.sql);
  }

  async get(store: KvStore, key: string): Promise<Answered<Found | undefined>> {
    return answered(() => this.#read(store, key));
  }

  async set(
    store: KvStore,
    key: string,
    bytes: Uint8Array,
    ttlSeconds: number | undefined,
  ): Promise<Answered<void>> {
    const done = answered(() => this.#withValue(bytes, (kv, value) => kv.set(store, key, value, ttlSeconds)));
    if (done.is === 'ok') await this.#changed(store, key, ttlSeconds);
    return done;
  }

  async compareAndSwap(
    store: KvStore,
    key: string,
    expected: bigint | undefined,
    bytes: Uint8Array,
    ttlSeconds: number | undefined,
  ): Promise<Answered<Swap>> {
    // An entry of the original deployment is only in Workers KV: here its key still holds nothing.
    const known = expected === VERSION_OF_OLD ? undefined : expected;
    const swap = answered<Swap>(() =>
      this.#withValue(bytes, (kv, value) => kv.compareAndSwap(store, key, known, value, ttlSeconds)),
    );
    if (swap.is === 'ok' && swap.value.tag === 'done') await this.#changed(store, key, ttlSeconds);
    return swap;
  }

  async delete(store: KvStore, key: string): Promise<Answered<boolean>> {
    const deleted = answered<boolean>(() => this.#adapter.call(({ kv }) => kv.delete(store, key)));
    if (deleted.is === 'refused') return deleted;
    // Only Workers KV knows the entries of the original deployment.
    const isHeld = deleted.value || (await this.#isOld(store, key));
    await this.#changed(store, key, undefined);
    return { is: 'ok', value: isHeld };
  }

  /** Deletes many keys of this keeper's share, and then their copies; returns how many held something. */
  async deleteMany(store: KvStore, keys: string[]): Promise<Answered<number>> {
    let removed = 0;
    for (const deleted of await Promise.all(keys.map((key) => this.delete(store, key)))) {
      if (deleted.is === 'refused') return deleted;
      removed += deleted.value ? 1 : 0;
    }
    return { is: 'ok', value: removed };
  }

  /** Returns keys of this keeper's share, in byte order. */
  async listKeys(
    store: KvStore,
    prefix: string,
    after: string | undefined,
    limit: number,
  ): Promise<Answered<string[]>> {
    return answered<string[]>(() => this.#adapter.call(({ kv }) => kv.listKeys(store, prefix, after, limit)));
  }

  /** Takes one from each of these counters, or from none if one of them is used up. Returns whether it did. */
  async take(counters: Counter[]): Promise<Answered<boolean>> {
    return answered<boolean>(() => this.#adapter.call((backends) => backends.counters.take(counters)));
  }

  /**
   * Makes the copies that are due and purges expired keys. It never throws, because the platform gives up an
   * alarm after a few failures.
   */
  override async alarm(): Promise<void> {
    try {
      for (const { store, key } of this.#copies.pending(BATCH)) await this.#copy(store, key);
      for (const { store, key } of this.#copies.expired(Date.now(), BATCH)) {
        this.#adapter.call(({ kv }) => kv.delete(store, key));
        this.#copies.delete(store, key);
      }
    } catch (error) {
      write('error', 'a keeper failed to do its due work', { during: 'alarm', reason: reason(error) });
    }
    await this.#wake();
  }

  #read(store: KvStore, key: string): Found | undefined {
    return this.#adapter.call(({ kv }) => {
      const entry = kv.get(store, key, 0);
      if (!entry) return undefined;
      using value = owned(entry.value);
      return { bytes: value.read(0n, Number(value.size())), version: entry.version };
    });
  }

  #withValue<T>(bytes: Uint8Array, call: (kv: Backends['kv'], value: Bytes) => T): T {
    return this.#adapter.call(({ kv, values }) => {
      using value = owned(new values.Value(bytes));
      return call(kv, value);
    });
  }

  /** Records after a write that a copy is due, in the same step as the write, and makes the copy. */
  async #changed(store: KvStore, key: string, ttlSeconds: number | undefined): Promise<void> {
    this.#copies.note(store, key, ttlSeconds === undefined ? null : Date.now() + ttlSeconds * 1000);
    if (!isReadFromKeeper(store)) await this.#copy(store, key);
    await this.#wake();
  }

  /** Copies a key's current value, after the pending copies of that key. */
  #copy(store: KvStore, key: string): Promise<void> {
    const id = `${store} ${key}`;
    const before = this.#underway.get(id) ?? Promise.resolve();
    const mine = before.then(() => this.#copyNow(store, key));
    this.#underway.set(id, mine);
    return mine.finally(() => {
      if (this.#underway.get(id) === mine) this.#underway.delete(id);
    });
  }

  async #copyNow(store: KvStore, key: string): Promise<void> {
    const due = this.#copies.due(store, key);
    if (!due) return;
    try {
      const found = this.#read(store, key);
      if (found) await this.env[store].put(key, found.bytes, options(found, due));
      else await this.env[store].delete(key);
      this.#copies.made(due, found !== undefined);
    } catch (error) {
      write('warn', 'cannot copy a value to Workers KV; retrying', { during: store, reason: reason(error) });
    }
  }

  async #isOld(store: KvStore, key: string): Promise<boolean> {
    const entry = await readEntry(this.env[store], key).catch(() => undefined);
    return entry !== undefined && entry.mark === null;
  }

  /** Sets the alarm, unless an earlier one is set. */
  async #wake(): Promise<void> {
    if (this.#copies.isEmpty()) return;
    const isBehind = this.#copies.pending(1).length > 0 || this.#copies.expired(Date.now(), 1).length > 0;
    const due = Date.now() + (isBehind ? COPY_AGAIN_MS : PURGE_EVERY_MS);
    const set = await this.ctx.storage.getAlarm();
    if (set === null || set > due) await this.ctx.storage.setAlarm(due);
  }
}

function options({ version }: Found, { expiresMs }: Copy): KVNamespacePutOptions {
  const mark: Mark = { version: Number(version), ...(expiresMs === null ? {} : { expires_ms: expiresMs }) };
  if (expiresMs === null) return { metadata: mark };
  const ttl = Math.ceil((expiresMs - Date.now()) / 1000);
  return { metadata: mark, expirationTtl: Math.max(ttl, KV_TTL_SECONDS_MIN) };
}
