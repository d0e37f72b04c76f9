import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, vi } from 'vitest';
import { type Service, startService } from '../service.ts';
import {
  accessibilityFindings,
  type Complaints,
  expectFits,
  expectNoComplaints,
  launchBrowser,
  openContext,
  PATIENCE,
  SCREENS,
} from './browser.ts';

// One service for a test file, and a new visitor for each of its tests. Importers always see the current values.

export let service: Service;
export let context: BrowserContext;
export let complaints: Complaints;
export let page: Page;
let browser: Browser;

interface Options {
  /** Settings of the service. */
  settings?: Record<string, string>;
  /** Also starts a worker. */
  hasWorker?: boolean;
  /** Of the visitor's browser. */
  look?: BrowserContextOptions;
}

/** Registers the hooks that start the service and open a page for each test, and check after it that nothing was wrong. */
export function useService({ settings = {}, hasWorker = false, look = {} }: Options = {}): void {
  vi.setConfig(PATIENCE);
  beforeAll(async () => {
    [browser, service] = await Promise.all([launchBrowser(), startService('postgres', settings)]);
    if (hasWorker) await service.start('worker');
  });
  afterAll(async () => {
    await browser.close();
    await service.close();
  });
  beforeEach(() => openVisitor(look));
  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail') console.error(`${task.name}: the page says\n${await shownText()}`);
    await context.close();
    expectNoComplaints(complaints);
  });
}

async function shownText(): Promise<string> {
  return page.locator('body').ariaSnapshot().catch(String);
}

/** Opens a page for another visitor in place of the current one. */
export async function reopen(look: BrowserContextOptions): Promise<void> {
  await context.close();
  expectNoComplaints(complaints);
  await openVisitor(look);
}

async function openVisitor(look: BrowserContextOptions): Promise<void> {
  ({ context, complaints } = await openContext(browser, service.url, look));
  page = await context.newPage();
}

/** A folder for pictures of each state in every look; none by default, and then the first and the last look are enough. */
const { SCREENSHOTS } = process.env;
const SCHEMES = ['light', 'dark'] as const;

/** Looks at what is shown now, wide in light colours and narrow in dark ones: axe finds nothing; at no width anything is too wide. */
export async function expectGoodLooks(name: string): Promise<void> {
  for (const [index, screen] of SCREENS.entries()) {
    await page.setViewportSize(screen);
    for (const colorScheme of SCHEMES) {
      const isOuter = index === (colorScheme === 'light' ? 0 : SCREENS.length - 1);
      if (!SCREENSHOTS && !isOuter) continue;
      await page.emulateMedia({ colorScheme });
      expect(await accessibilityFindings(page)).toEqual([]);
      if (SCREENSHOTS)
        await page.screenshot({ path: `${SCREENSHOTS}/${name}-${screen.width}-${colorScheme}.png` });
    }
    await expectFits(page);
  }
}
