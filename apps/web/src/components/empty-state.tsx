import { useRef } from 'react';
import { Link } from 'wouter';
import './empty-state.css';
import { useFocusKept } from './use-focus-kept.ts';

interface Props {
  title: string;
  text: string;
  action: { href: string; label: string };
  /** 1 if it is the whole page. */
  level?: 1 | 2;
}

export function EmptyState({ title, text, action, level = 1 }: Props) {
  const Heading = level === 1 ? 'h1' : 'h2';
  const section = useRef<HTMLElement>(null);
  useFocusKept(section);
  return (
    <section ref={section} className="card empty-state">
      <Heading className="verbatim">{title}</Heading>
      <p className="muted">{text}</p>
      <Link className="button button-primary" href={action.href}>
        {action.label}
      </Link>
    </section>
  );
}
