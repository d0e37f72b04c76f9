import { Readable } from 'node:stream';

const HEARTBEAT_MS = 15_000;

export interface EventStreamOptions {
  /** Called once, whichever way it ends. */
  onClose: () => void;
  heartbeatMs?: number;
}

/**
 * What one client is sent as server-sent events. A client that reads slowly gets the newest message
 * when it is ready for one: those in between are dropped, never stored.
 */
export class EventStream extends Readable {
  readonly #onClose: () => void;
  readonly #heartbeat: NodeJS.Timeout;
  #newest: string | null = null;
  #isWanted = false;
  #isEnding = false;
  #hasEnded = false;

  constructor({ onClose, heartbeatMs = HEARTBEAT_MS }: EventStreamOptions) {
    // One byte: after each message the stream waits to be asked for the next.
    super({ highWaterMark: 1 });
    this.#onClose = onClose;
    // Keeps proxies, and the timeouts of both ends, from closing what is only quiet.
    this.#heartbeat = setInterval(() => this.#beat(), heartbeatMs);
  }

  /** Does nothing after `end`. */
  send(message: string): void {
    if (this.#isEnding) return;
    this.#newest = message;
    this.#flush();
  }

  /** Ends it, after the message that waits. */
  end(): void {
    this.#isEnding = true;
    this.#flush();
  }

  override _read(): void {
    this.#isWanted = true;
    this.#flush();
  }

  override _destroy(error: Error | null, callback: (error: Error | null) => void): void {
    clearInterval(this.#heartbeat);
    this.#onClose();
    callback(error);
  }

  #flush(): void {
    if (this.#newest !== null && this.#isWanted) {
      const message = this.#newest;
      this.#newest = null;
      this.#isWanted = false;
      this.push(message);
    }
    if (this.#newest === null && this.#isEnding && !this.#hasEnded) {
      this.#hasEnded = true;
      this.push(null);
    }
  }

  #beat(): void {
    if (this.#isWanted) this.send(': still here\n\n');
  }
}
