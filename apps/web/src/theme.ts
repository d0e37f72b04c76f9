import { kept } from './storage.ts';

/** The themes to choose from; 'system' follows the device. */
export const THEMES = ['system', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

const STORAGE_KEY = 'theme';

export function storedTheme(): Theme {
  const stored = kept(() => localStorage.getItem(STORAGE_KEY));
  return THEMES.find((theme) => theme === stored) ?? 'system';
}

export function applyTheme(theme: Theme): void {
  if (theme === 'system') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
}

export function chooseTheme(theme: Theme): void {
  kept(() => localStorage.setItem(STORAGE_KEY, theme));
  applyTheme(theme);
}
