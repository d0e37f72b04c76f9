import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { waitFor } from '@bulk/core/testing';
import { findFreePort } from '@bulk/embedded';
import { accepts } from '../accepts.ts';

export interface Nginx {
  readonly url: string;
  stop(): Promise<void>;
}

/** Starts nginx in front of API processes. It asks the next one when a connection is refused. */
export async function startNginx(dir: string, apiPorts: readonly number[]): Promise<Nginx> {
  const port = await findFreePort();
  await mkdir(dir);
  const file = join(dir, 'nginx.conf');
  await writeFile(file, configuration(dir, port, apiPorts));
  const child = spawn('nginx', ['-c', file, '-p', dir, '-e', join(dir, 'error.log')], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  await waitFor(() => accepts(port), { timeoutMs: 10_000 });
  return {
    url: `http://127.0.0.1:${port}`,
    async stop() {
      child.kill('SIGTERM');
      await once(child, 'exit');
    },
  };
}

const configuration = (dir: string, port: number, apiPorts: readonly number[]) => `
daemon off;
pid ${dir}/nginx.pid;
worker_processes 1;
events {}
http {
  access_log off;
  client_max_body_size 16m;
  client_body_temp_path ${dir}/body;
  proxy_temp_path ${dir}/proxy;
  fastcgi_temp_path ${dir}/fastcgi;
  uwsgi_temp_path ${dir}/uwsgi;
  scgi_temp_path ${dir}/scgi;
  upstream api {
    ${apiPorts.map((each) => `server 127.0.0.1:${each} max_fails=0;`).join('\n    ')}
  }
  server {
    listen 127.0.0.1:${port};
    location / { proxy_pass http://api; }
  }
}
`;
