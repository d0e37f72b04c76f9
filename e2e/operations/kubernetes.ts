import { execFile } from 'node:child_process';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { ScaledObject } from '@kubernetes-models/keda/keda.sh/v1alpha1';
import { Deployment, type IDeployment } from 'kubernetes-models/apps/v1';
import { type IJob, Job } from 'kubernetes-models/batch/v1';
import { NetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1';
import { PodDisruptionBudget } from 'kubernetes-models/policy/v1';
import { Namespace, Service } from 'kubernetes-models/v1';
import { parse, parseAllDocuments } from 'yaml';

const root = fileURLToPath(new URL('../../', import.meta.url));
export const FOLDER = join(root, 'ops/kubernetes');

export interface Manifest {
  /** As `base/api.yaml`. */
  file: string;
  apiVersion: string;
  kind: string;
  metadata: { name: string };
}

export type Pods = Manifest & (IDeployment | IJob);

const MODELS = { Deployment, Job, Namespace, NetworkPolicy, PodDisruptionBudget, ScaledObject, Service };
const PACKAGES: Record<string, string> = {
  v1: 'kubernetes-models/v1',
  'keda.sh/v1alpha1': '@kubernetes-models/keda/keda.sh/v1alpha1',
};

/** Every object of every manifest; kustomizations are not among them. */
export async function readManifests(): Promise<Manifest[]> {
  const files = (await readdir(FOLDER, { recursive: true })).filter(
    (file) => file.endsWith('.yaml') && !file.endsWith('kustomization.yaml'),
  );
  const each = files.sort().map(async (file) =>
    parseAllDocuments(await readFile(join(FOLDER, file), 'utf8')).map((document) => ({
      ...(document.toJS() as Omit<Manifest, 'file'>),
      file,
    })),
  );
  return (await Promise.all(each)).flat();
}

/** The files that a kustomization takes, and its maps of settings. */
export async function readKustomization(
  folder: string,
): Promise<{ resources: string[]; settingFiles: string[]; images: string[] }> {
  const {
    resources,
    configMapGenerator = [],
    images = [],
  } = parse(await readFile(join(FOLDER, folder, 'kustomization.yaml'), 'utf8'));
  return {
    resources,
    settingFiles: configMapGenerator.flatMap(({ envs }: { envs: string[] }) => envs),
    images: images.map(({ name }: { name: string }) => name),
  };
}

/** What the published schema of its kind finds wrong in a manifest: types, formats and missing fields. */
export function findSchemaError({ file: _, ...manifest }: Manifest): string | null {
  const Model = MODELS[manifest.kind as keyof typeof MODELS];
  if (Model === undefined) return `no schema for ${manifest.kind}`;
  try {
    new Model(manifest as never).validate();
    return null;
  } catch (error) {
    return (error as Error).message;
  }
}

/**
 * Compiles the manifests as values of the published types: unlike the schemas, these also refuse a field that does not exist.
 * @returns what the compiler says; empty: nothing
 */
export async function findUnknownFields(manifests: Manifest[]): Promise<string> {
  const folder = join(root, 'node_modules/.cache/kubernetes-manifests');
  const lines = manifests.map(({ file: _, ...manifest }, index) => {
    const source = PACKAGES[manifest.apiVersion] ?? `kubernetes-models/${manifest.apiVersion}`;
    return `export const m${index}: import('${source}').I${manifest.kind} = ${JSON.stringify(manifest)};`;
  });
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'manifests.ts'), `${lines.join('\n')}\n`);
  const compile = promisify(execFile)(
    process.execPath,
    [
      join(root, 'node_modules/typescript/bin/tsc'),
      ...['--noEmit', '--strict', '--skipLibCheck', '--module', 'nodenext', '--types', '', '--ignoreConfig'],
      join(folder, 'manifests.ts'),
    ],
    { cwd: folder },
  );
  return compile.then(
    () => '',
    (error) => String(error.stdout) || String(error),
  );
}
