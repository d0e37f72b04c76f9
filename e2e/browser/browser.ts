import axe from 'axe-core';
import {
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  chromium,
  type Locator,
  type Page,
} from 'playwright-core';
import { expect } from 'vitest';
import { findBrowser } from '../../scripts/lib/test-browser.mjs';

const ARGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--disable-background-networking'];

/** A browser, two processes and a database on a busy machine take their time. */
export const PATIENCE = { testTimeout: 120_000, hookTimeout: 60_000 };
const RESULT_MS = 30_000;

/** The screens and colours in which every page is looked at. */
export const LOOKS: Record<string, BrowserContextOptions> = {
  light: { colorScheme: 'light', viewport: { width: 1100, height: 760 } },
  dark: { colorScheme: 'dark', viewport: { width: 1100, height: 760 } },
  phone: { colorScheme: 'light', viewport: { width: 375, height: 760 }, hasTouch: true, isMobile: true },
};

/** The sizes in which a new state of a page is looked at. */
export const SCREENS = [1280, 412, 320].map((width) => ({ width, height: 760 }));

export async function launchBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: findBrowser() ?? '', args: ARGS });
}

/** What no page may cause: errors, warnings (of the content security policy too), and requests to elsewhere. */
export interface Complaints {
  texts: string[];
}

/** A visitor with storage of its own, whose pages' complaints are gathered. */
export async function openContext(
  browser: Browser,
  baseURL: string,
  options: BrowserContextOptions = {},
): Promise<{ context: BrowserContext; complaints: Complaints }> {
  const context = await browser.newContext({ baseURL, viewport: { width: 1200, height: 900 }, ...options });
  context.setDefaultTimeout(30_000);
  const texts: string[] = [];
  context.on('weberror', (error) => texts.push(String(error.error())));
  context.on('request', (request) => {
    if (!request.url().startsWith(baseURL)) texts.push(`request to ${request.url()}`);
  });
  context.on('console', (message) => {
    // Browsers report each answer of 400 and more like this; pages show them in their own way.
    const isAnswer = message.location().url.startsWith(`${baseURL}/api/`);
    if (['error', 'warning'].includes(message.type()) && !isAnswer) texts.push(message.text());
  });
  return { context, complaints: { texts } };
}

/** What axe finds, with where it finds it. */
export async function accessibilityFindings(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  // A colour that is changing has any contrast: no change begins from here on, and those that have begun end. What moves
  // for ever is not waited for.
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await page.evaluate(`Promise.allSettled(
    document.getAnimations().filter(({ effect }) => effect.getTiming().iterations === 1).map(({ finished }) => finished),
  ).then(() => {})`);
  const { violations } = await page.evaluate(() =>
    (globalThis as unknown as { axe: { run(): Promise<{ violations: Violation[] }> } }).axe.run(),
  );
  return violations.flatMap(({ id, help, nodes }) => nodes.map(({ html }) => `${id}: ${help}: ${html}`));
}

interface Violation {
  id: string;
  help: string;
  nodes: { html: string }[];
}

/** Fills in the form of a new registration; what is not named stays empty. */
export async function fillIn(page: Page, fields: Partial<typeof LABELS>): Promise<void> {
  for (const [field, value] of Object.entries(fields)) {
    await page.getByLabel(LABELS[field as keyof typeof LABELS]).fill(value);
  }
}

const LABELS = {
  coordinator: 'Coordinator',
  activity: 'Activity type',
  date: 'Date',
  duration: 'Duration in minutes',
  notes: 'Notes',
  mentors: 'Mentor IDs',
};

export const WORKSHOP = {
  coordinator: 'coord-42',
  activity: 'group_workshop',
  date: '2026-03-28',
  duration: '120',
};

/** The badge at the top of a registration's page. */
export async function expectStatus(page: Page, status: string): Promise<void> {
  await page.locator('header .badge', { hasText: status }).waitFor();
}

/** Waits until the mentor's row says so: results are read anew after what changed them. */
export async function expectResult(page: Page, mentorId: string, pattern: RegExp): Promise<void> {
  const row = page.getByRole('row').filter({ has: page.getByText(mentorId, { exact: true }) });
  const cells = async () => (await row.getByRole('cell').allTextContents()).filter(Boolean).join(' ');
  await expect.poll(cells, { timeout: RESULT_MS }).toMatch(pattern);
}

/** Nothing is wider than the screen. */
export async function expectFits(page: Page): Promise<void> {
  expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0);
}

/** The whole element is inside the window. */
export async function expectInWindow(page: Page, target: Locator): Promise<void> {
  const overhang = async () => {
    const { y = 0, height = 0 } = (await target.boundingBox()) ?? {};
    return Math.max(0, -y, y + height - (page.viewportSize()?.height ?? 0));
  };
  await expect.poll(overhang).toBe(0);
}

/** Presses a key until the target has the focus. Nothing lies over what has it on the way. */
export async function tabTo(page: Page, target: Locator, key: 'Tab' | 'Shift+Tab' = 'Tab'): Promise<void> {
  while (!(await target.evaluate((element) => element === element.ownerDocument.activeElement))) {
    await page.keyboard.press(key);
    expect(await page.evaluate(COVERED)).toBe('');
  }
}

const COVERED = `(() => {
  const focused = document.activeElement;
  const { left, top, width, height } = focused.getBoundingClientRect();
  const shown = document.elementFromPoint(left + width / 2, top + height / 2);
  return focused.contains(shown) ? '' : focused.outerHTML;
})()`;

/** For an assertion at the end of each test. */
export function expectNoComplaints({ texts }: Complaints): void {
  expect(texts).toEqual([]);
}
