import { createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

/** What an earlier start was killed with may need a moment to let go of the port. */
const PATIENCE_MS = 2_000;

/**
 * @param {{ host: string, port: number }} address port 0 asks for any free one
 * @returns {Promise<number>} the port, which was free this moment
 */
export async function findPort({ host, port }) {
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    try {
      return await tryPort(host, port);
    } catch (error) {
      if (error.code === 'EADDRINUSE' && Date.now() < deadline) await delay(100);
      else throw plainly(error, host, port);
    }
  }
}

function tryPort(host, port) {
  return new Promise((settle, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen({ host, port }, () => {
      const found = server.address().port;
      server.close(() => settle(found));
    });
  });
}

function plainly(cause, host, port) {
  const reasons = {
    EADDRINUSE: `Port ${port} on ${host} is in use by another program. Choose another one: PORT=${port + 1} npm start`,
    EACCES: `Port ${port} is reserved for root. Choose one above 1023: PORT=3000 npm start`,
    EADDRNOTAVAIL: `This machine has no address ${host}. Set HOST to one that it has, such as 127.0.0.1 or 0.0.0.0.`,
    ENOTFOUND: `No address is known for HOST=${host}. Set it to one of this machine, such as 127.0.0.1.`,
  };
  return new Error(reasons[cause.code] ?? `Can't listen on port ${port} of ${host}: ${cause.message}`, {
    cause,
  });
}
