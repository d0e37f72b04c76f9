import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

interface Component {
  group?: string;
  name: string;
  version: string;
}

test('the list of libraries has what the images need, at the installed versions, and no tools', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'bulk-sbom-'));
  try {
    const file = join(dir, 'sbom.json');
    await promisify(execFile)('npm', ['run', 'sbom'], { env: { ...process.env, SBOM_FILE: file } });
    const { bomFormat, components } = JSON.parse(await readFile(file, 'utf8')) as {
      bomFormat: string;
      components: Component[];
    };

    expect(bomFormat).toBe('CycloneDX');
    const nameOf = ({ group, name }: Component) => (group === undefined ? name : `${group}/${name}`);
    const names = new Set(components.map(nameOf));
    const releases = new Set(components.map((each) => `${nameOf(each)}@${each.version}`));
    for (const folder of ['apps/api', 'apps/worker', 'packages/core', 'packages/contract']) {
      for (const [name, version] of Object.entries(await dependenciesOf(folder))) {
        if (version.startsWith('workspace:')) expect(names).toContain(name);
        else expect(releases).toContain(`${name}@${version}`);
      }
    }
    for (const tool of ['vitest', 'typescript', 'turbo', '@biomejs/biome']) expect(names).not.toContain(tool);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
});

async function dependenciesOf(folder: string): Promise<Record<string, string>> {
  const manifest = await readFile(join(import.meta.dirname, '../..', folder, 'package.json'), 'utf8');
  return (JSON.parse(manifest) as { dependencies?: Record<string, string> }).dependencies ?? {};
}
