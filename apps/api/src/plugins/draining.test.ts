import { EventEmitter, once } from 'node:events';
import { type AddressInfo, connect } from 'node:net';
import Fastify from 'fastify';
import { expect, test } from 'vitest';
import { addDraining } from './draining.ts';

test('closing waits for an open request, and not for connections without one', async () => {
  const events = new EventEmitter();
  const order: string[] = [];
  const app = Fastify();
  addDraining(app);
  app.addHook('preClose', async () => void events.emit('closing'));
  app.get('/', async () => {
    events.emit('asked');
    await once(events, 'closing');
    order.push('answered');
    return 'answer';
  });
  await app.listen({ host: '127.0.0.1', port: 0 });
  const { port } = app.server.address() as AddressInfo;

  const spare = connect(port, '127.0.0.1').resume();
  await once(spare, 'connect');
  const asked = once(events, 'asked');
  const answer = fetch(`http://127.0.0.1:${port}/`).then((response) => response.text());
  await asked;

  await app.close();
  order.push('closed');
  expect(await answer).toBe('answer');
  expect(order).toEqual(['answered', 'closed']);
});
