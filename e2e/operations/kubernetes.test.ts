import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { loadConfig } from '@bulk/core';
import { createTestDeps, mentors, submit } from '@bulk/core/testing';
import { expect, test } from 'vitest';
import {
  FOLDER,
  findSchemaError,
  findUnknownFields,
  type Pods,
  readKustomization,
  readManifests,
} from './kubernetes.ts';

const manifests = await readManifests();
const pods = manifests
  .filter(({ kind }) => kind === 'Deployment' || kind === 'Job')
  .map((manifest) => {
    const { name } = manifest.metadata;
    const pod = (manifest as Pods).spec?.template.spec;
    const container = pod?.containers[0];
    if (!pod || !container) throw new Error(`${name} has no container`);
    return { name, pod, container };
  });
const settings = parseEnv(readFileSync(join(FOLDER, 'base/settings.env'), 'utf8'));

test('each manifest is as the published schema of its kind says', async () => {
  expect(pods.map(({ name }) => name)).toEqual(['api', 'worker', 'migrate']);
  expect(manifests.filter((manifest) => findSchemaError(manifest) !== null)).toEqual([]);
  expect(await findUnknownFields(manifests)).toBe('');
});

test('the kustomizations take every manifest and name every image', async () => {
  const folders = ['base', 'migrate', 'keda'];
  const all = await Promise.all(folders.map(readKustomization));
  const taken = all.flatMap(({ resources }, index) => resources.map((file) => join(folders[index]!, file)));
  // The namespace comes first and by itself: the Secret has to be in it.
  expect([...new Set(manifests.map(({ file }) => file)), 'base'].sort()).toEqual(
    [...taken, 'namespace.yaml'].sort(),
  );
  expect(all.flatMap(({ settingFiles }) => settingFiles)).toEqual(['settings.env']);
  expect(new Set(all.flatMap(({ images }) => images))).toEqual(
    new Set(pods.map(({ container }) => container.image)),
  );
});

test('every setting in them is one that the service reads, and takes', () => {
  const read = new Set<string>();
  const env: NodeJS.ProcessEnv = { DATABASE_URL: 'postgresql://host/bulk' };
  loadConfig(
    new Proxy(env, {
      get: (target, name: string) => {
        read.add(name);
        return target[name];
      },
    }),
  );
  const secrets = {
    DATABASE_URL: 'postgresql://host/bulk',
    REDIS_URL: 'redis://host:6379',
    ADMIN_PASSWORD: 'correct-horse',
    VIEWER_PASSWORD: 'battery-staple',
  };
  const named = [
    ...Object.keys(settings),
    ...pods.flatMap(({ container }) => container.env!.map(({ name }) => name)),
  ];
  expect(named.filter((name) => !read.has(name))).toEqual([]);
  expect(() => loadConfig({ ...settings, ...secrets })).not.toThrow();
});

test('every pod runs without root, without rights and with its files read-only', () => {
  for (const { name, pod, container } of pods) {
    expect({ name, ...pod.securityContext }).toMatchObject({ name, runAsNonRoot: true, runAsUser: 1000 });
    expect({ name, ...container.securityContext }).toMatchObject({
      name,
      readOnlyRootFilesystem: true,
      allowPrivilegeEscalation: false,
      capabilities: { drop: ['ALL'] },
    });
    expect({ name, mounts: pod.automountServiceAccountToken }).toEqual({ name, mounts: false });
    expect(Object.keys(container.resources?.requests ?? {})).toEqual(['cpu', 'memory']);
  }
});

test('a pod is killed only after its process had time to stop', () => {
  for (const { name, pod, container } of pods.filter((each) => each.name !== 'migrate')) {
    const beforeStopSeconds = container.lifecycle?.preStop?.sleep?.seconds ?? 0;
    const stopSeconds = Number(settings.SHUTDOWN_GRACE_MS) / 1_000;
    expect(pod.terminationGracePeriodSeconds, name).toBeGreaterThan(beforeStopSeconds + stopSeconds);
  }
});

test('the ports are those of the image and of the settings', () => {
  const image = readFileSync(join(FOLDER, '../../Dockerfile'), 'utf8');
  const [, port] = /^ENV PORT=(\d+)$/m.exec(image) ?? [];
  const [, healthPort] = /^ENV WORKER_HEALTH_PORT=(\d+)$/m.exec(image) ?? [];
  const ports = Object.fromEntries(
    pods.map(({ name, container }) => [
      name,
      container.ports?.map((each) => [each.name, `${each.containerPort}`]),
    ]),
  );
  expect(ports).toEqual({
    api: [
      ['http', port],
      ['metrics', settings.METRICS_PORT],
    ],
    worker: [
      ['health', healthPort],
      ['metrics', settings.METRICS_PORT],
    ],
    migrate: undefined,
  });
});

test('KEDA asks PostgreSQL how many workers the pending mentors need', async () => {
  const scaled = manifests.find(({ kind }) => kind === 'ScaledObject') as unknown as {
    spec: { triggers: [{ metadata: { query: string } }] };
  };
  const deps = await createTestDeps({ backend: 'memory' });
  const countWorkers = async () => {
    // oxlint-disable-next-line no-restricted-properties -- the statement of a file, without values
    const [row] = await deps.db.prisma.$queryRawUnsafe<{ ceil: number }[]>(
      scaled.spec.triggers[0].metadata.query,
    );
    return row?.ceil;
  };
  try {
    expect(await countWorkers()).toBe(0);
    await submit(deps, { mentor_ids: mentors('m', 3) });
    expect(await countWorkers()).toBe(1);
    await deps.db.prisma.$executeRaw`update bulk_registrations set mentor_count = 4100000`;
    expect(await countWorkers()).toBe(3);
  } finally {
    await deps.close();
  }
});
