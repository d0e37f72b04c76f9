import { FaultyLink, type Inspector } from './freezable-server.ts';

class ChangingLink extends FaultyLink {
  change: (answer: Buffer) => void = () => {};

  protected override inspect(): Inspector {
    return {
      request: async () => {},
      reply: async (answer) => this.change(answer),
      closed: () => {},
    };
  }
}

/**
 * Passes everything on to a real server, and writes another text into its answers: a version that is not installed here.
 *
 * @param changes the text to look for, and what stands there instead; both of one length
 */
export async function startChangedAnswers(serverUrl: string, changes: Record<string, string>) {
  const url = new URL(serverUrl);
  const link = new ChangingLink({ host: url.hostname, port: Number(url.port) });
  link.change = (answer) => {
    for (const [from, to] of Object.entries(changes)) {
      for (let at = answer.indexOf(from); at >= 0; at = answer.indexOf(from, at + 1)) answer.write(to, at);
    }
  };
  await link.comeUp();
  url.port = String(link.port);
  return { url: url.href, close: () => link.goDown() };
}
