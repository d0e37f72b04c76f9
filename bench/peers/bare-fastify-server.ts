import Fastify from 'fastify';
import pg from 'pg';
import { answerParent } from '../helper.ts';
import { POOL_SIZE } from '../installation.ts';

/** Fastify with one route that sends what one indexed select by pg finds. */
const [connectionString = '', port = ''] = process.argv.slice(2);

const pool = new pg.Pool({ connectionString, max: POOL_SIZE });
const app = Fastify();

app.get<{ Params: { id: string } }>('/registrations/:id', async (request) => {
  const { rows } = await pool.query({
    name: 'registration',
    text: `
      select status, attempt, mentor_count, success_count, failure_count
      from bulk_registrations
      where id = $1`,
    values: [request.params.id],
  });
  return rows[0] as unknown;
});

await app.listen({ host: '127.0.0.1', port: Number(port) });
answerParent(async () => null);
