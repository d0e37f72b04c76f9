import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { waitFor } from '@bulk/core/testing';
import { findFreePort } from '@bulk/embedded';
import { findProgram } from '../../scripts/lib/system-program.mjs';
import { ALERTS } from './files.ts';

export interface PrometheusServer {
  /** Where the alert stands, and when its rule was evaluated last. */
  alert(name: string): Promise<AlertRule>;
  /** The jobs whose last scrape was answered. */
  jobsUp(): Promise<string[]>;
  stop(): Promise<void>;
}

interface AlertRule {
  name: string;
  state: 'inactive' | 'pending' | 'firing';
  lastEvaluation: string;
}

interface PrometheusOptions {
  /** Ports of /metrics of the API and of a worker. */
  ports: { api: number; worker: number };
  /** How long a minute of the alert rules takes. A scrape may take a quarter of it, as of a real minute. */
  minuteMs: number;
}

/** Starts a Prometheus that watches an API and a worker with the alert rules of ops/prometheus, in quicker time. */
export async function startPrometheus({ ports, minuteMs }: PrometheusOptions): Promise<PrometheusServer> {
  const port = await findFreePort();
  const dir = await mkdtemp(join(tmpdir(), 'bulk-prometheus-'));
  await writeFile(join(dir, 'alerts.yml'), quicker(ALERTS, minuteMs));
  await writeFile(join(dir, 'prometheus.yml'), settings(ports, minuteMs / 4));
  const running = spawn(
    findProgram(['prometheus']) ?? 'prometheus',
    [
      `--config.file=${join(dir, 'prometheus.yml')}`,
      `--storage.tsdb.path=${join(dir, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--log.level=error',
    ],
    { stdio: ['ignore', 'inherit', 'inherit'] },
  );
  const ask = async <T>(path: string) =>
    ((await (await fetch(`http://127.0.0.1:${port}/api/v1/${path}`)).json()) as { data: T }).data;

  const prometheus: PrometheusServer = {
    async alert(name) {
      const { groups } = await ask<{ groups: Array<{ rules: AlertRule[] }> }>('rules');
      return groups.flatMap(({ rules }) => rules).find((rule) => rule.name === name)!;
    },
    async jobsUp() {
      const { activeTargets } = await ask<{
        activeTargets: Array<{ health: string; labels: { job: string } }>;
      }>('targets');
      return activeTargets.filter(({ health }) => health === 'up').map(({ labels }) => labels.job);
    },
    async stop() {
      running.kill('SIGKILL');
      if (running.exitCode === null && running.signalCode === null) await once(running, 'exit');
      await rm(dir, { recursive: true, force: true });
    },
  };
  await waitFor(() => prometheus.jobsUp());
  return prometheus;
}

/** Rules of which a minute takes less. Thresholds stay: only `for` and the ranges of time are written like 5m. */
function quicker(rules: string, minuteMs: number): string {
  return rules
    .replace(/for: (\d+)m/g, (_, minutes: string) => `for: ${Number(minutes) * minuteMs}ms`)
    .replace(/\[(\d+)m\]/g, (_, minutes: string) => `[${Number(minutes) * minuteMs}ms]`);
}

function settings({ api, worker }: PrometheusOptions['ports'], intervalMs: number): string {
  return JSON.stringify({
    global: {
      scrape_interval: `${intervalMs}ms`,
      scrape_timeout: `${intervalMs}ms`,
      evaluation_interval: `${intervalMs}ms`,
    },
    rule_files: ['alerts.yml'],
    scrape_configs: [
      { job_name: 'bulk-api', static_configs: [{ targets: [`127.0.0.1:${api}`] }] },
      { job_name: 'bulk-worker', static_configs: [{ targets: [`127.0.0.1:${worker}`] }] },
    ],
  });
}
