import { useState } from 'react';
import { chooseTheme, storedTheme, THEMES, type Theme } from '../theme.ts';

const LOOKS: Record<Theme, { label: string; path: string }> = {
  system: { label: 'as the device', path: 'M3 4h14v9H3zM7 17h6M10 13v4' },
  light: {
    label: 'light',
    path: 'M10 6.5a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7zM10 1.5v2M10 16.5v2M1.5 10h2M16.5 10h2M4 4l1.4 1.4M14.6 14.6 16 16M16 4l-1.4 1.4M5.4 14.6 4 16',
  },
  dark: { label: 'dark', path: 'M16.5 12A7 7 0 0 1 8 3.5a7 7 0 1 0 8.5 8.5z' },
};

/** Renders a button that switches to the next theme. */
export function ThemeToggle() {
  const [theme, setTheme] = useState(storedTheme);
  const choose = (next: Theme) => {
    chooseTheme(next);
    setTheme(next);
  };
  const next = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length] ?? 'system';
  const label = `Colours: ${LOOKS[theme].label}. Change to: ${LOOKS[next].label}`;
  return (
    <button
      type="button"
      className="button button-quiet"
      aria-label={label}
      title={label}
      onClick={() => choose(next)}
    >
      <svg
        width="18"
        height="18"
        viewBox="0 0 20 20"
        aria-hidden="true"
        fill="none"
        stroke="currentColor"
        strokeWidth="1.6"
        strokeLinecap="round"
        strokeLinejoin="round"
      >
        <path d={LOOKS[theme].path} />
      </svg>
    </button>
  );
}
