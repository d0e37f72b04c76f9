import type { RegistrationState } from '@bulk/contract';

export interface ReceivedEvent {
  id: string | null;
  name: string;
  state: RegistrationState;
}

/** One connection to an event stream, as an EventSource would have it. */
export class EventReader {
  readonly response: Response;
  /** Everything as it came over the wire. */
  received = '';
  readonly #reader: ReadableStreamDefaultReader<string> | undefined;
  #unread = '';

  static async connect(url: string, { lastEventId = '', apiKey = '' } = {}): Promise<EventReader> {
    const headers = {
      ...(lastEventId && { 'last-event-id': lastEventId }),
      ...(apiKey && { authorization: `Bearer ${apiKey}` }),
    };
    return new EventReader(await fetch(url, { headers }));
  }

  private constructor(response: Response) {
    this.response = response;
    this.#reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  }

  /** null: the server has ended the stream. */
  async next(): Promise<ReceivedEvent | null> {
    for (;;) {
      const end = this.#unread.indexOf('\n\n');
      if (end >= 0) {
        const event = parseEvent(this.#unread.slice(0, end));
        this.#unread = this.#unread.slice(end + 2);
        if (event !== null) return event;
      } else {
        const chunk = await this.#reader?.read();
        if (chunk === undefined || chunk.done) return null;
        this.received += chunk.value;
        this.#unread += chunk.value;
      }
    }
  }

  /** Everything to the end of the stream. */
  async rest(): Promise<ReceivedEvent[]> {
    const events: ReceivedEvent[] = [];
    for (let event = await this.next(); event !== null; event = await this.next()) events.push(event);
    return events;
  }

  /** The first event of which this is true. */
  async until(isIt: (event: ReceivedEvent) => boolean): Promise<ReceivedEvent> {
    for (let event = await this.next(); event !== null; event = await this.next()) {
      if (isIt(event)) return event;
    }
    throw new Error(`the stream has ended: ${this.received}`);
  }

  async close(): Promise<void> {
    await this.#reader?.cancel();
  }
}

/** null for a comment. */
function parseEvent(text: string): ReceivedEvent | null {
  const fields = new Map(
    text.split('\n').map((line): [string, string] => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon), line.slice(colon + 2)];
    }),
  );
  const data = fields.get('data');
  if (data === undefined) return null;
  return {
    id: fields.get('id') ?? null,
    name: fields.get('event') ?? 'message',
    state: JSON.parse(data) as RegistrationState,
  };
}
