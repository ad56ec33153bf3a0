/** Line icons on a 24-unit grid, drawn for this page. */
const PATHS = {
  hall: 'M12 3 3 8v2h18V8L12 3ZM5.5 10v8M9.8 10v8M14.2 10v8M18.5 10v8M3 21h18M4 18h16',
  back: 'M15 5l-7 7 7 7',
  undo: 'M9 7 4 12l5 5M4 12h10a6 6 0 0 1 6 6v1',
  redo: 'm15 7 5 5-5 5M20 12H10a6 6 0 0 0-6 6v1',
  down: 'm7 10 5 5 5-5',
  strong: 'M7 5h6a3.5 3.5 0 0 1 0 7H7zM7 12h7a3.5 3.5 0 0 1 0 7H7z',
  em: 'M10 5h8M6 19h8M14.5 5l-5 14',
  code: 'm8 8-4 4 4 4M16 8l4 4-4 4M13.5 6l-3 12',
  link: 'M10 14a4 4 0 0 0 5.7 0l3-3A4 4 0 0 0 13 5.3l-1 1M14 10a4 4 0 0 0-5.7 0l-3 3A4 4 0 0 0 11 18.7l1-1',
  bullets: 'M9 6h11M9 12h11M9 18h11M4.5 6h.01M4.5 12h.01M4.5 18h.01',
  numbers: 'M10 6h10M10 12h10M10 18h10M4 5l1.5-1v5M4 14.5c0-2 3-2 3 0 0 1-3 2.5-3 4h3',
  outdent: 'M4 5h16M11 10h9M11 14h9M4 19h16M7 9l-3 3 3 3',
  indent: 'M4 5h16M11 10h9M11 14h9M4 19h16M4 9l3 3-3 3',
  quote: 'M9 7H5v5h4V7Zm0 5c0 3-1 4-3.5 5M18 7h-4v5h4V7Zm0 5c0 3-1 4-3.5 5',
  codeBlock: 'M4 5h16v14H4zM10 9.5 7.5 12l2.5 2.5M14 9.5l2.5 2.5-2.5 2.5',
  rule: 'M4 12h16M8 6h8M8 18h8',
  lineBreak: 'M19 6v5a3 3 0 0 1-3 3H5M9 10l-4 4 4 4',
  table: 'M4 5h16v14H4zM4 10h16M4 14.5h16M12 10v9',
  search: 'm20 20-4.5-4.5M17 10.5a6.5 6.5 0 1 1-13 0 6.5 6.5 0 0 1 13 0Z',
  people: 'M15.5 19v-1.5a3.5 3.5 0 0 0-3.5-3.5H7a3.5 3.5 0 0 0-3.5 3.5V19M12.5 7.5a3 3 0 1 1-6 0 3 3 0 0 1 6 0ZM20.5 19v-1.5a3.5 3.5 0 0 0-2.5-3.3M15.5 4.7a3 3 0 0 1 0 5.6',
  lock: 'M6 11h12v9H6zM8.5 11V8a3.5 3.5 0 0 1 7 0v3',
  check: 'm5 12.5 4.5 4.5L19 7.5',
  cloudOff: 'M4 4l16 16M8.5 8.6A4.5 4.5 0 0 0 7 17.5h10.5M19.6 16.4A4 4 0 0 0 17 9.5a5.5 5.5 0 0 0-5.5-3.4',
  alert: 'M12 8v5M12 16.5h.01M10.5 4.5 3 18a1.7 1.7 0 0 0 1.5 2.5h15A1.7 1.7 0 0 0 21 18L13.5 4.5a1.7 1.7 0 0 0-3 0Z',
  image: 'M4 5h16v14H4zM4 16l4.5-4.5 4 4 2.5-2.5 5 5M15.5 9.5h.01',
  record: 'M6 3.5h8l4 4v13H6zM14 3.5v4h4M9 12h6M9 16h6',
  geography: 'M12 21s6.5-6 6.5-11a6.5 6.5 0 0 0-13 0c0 5 6.5 11 6.5 11ZM14.3 10a2.3 2.3 0 1 1-4.6 0 2.3 2.3 0 0 1 4.6 0Z',
  attachment: 'm19 11.5-7.3 7.3a4.5 4.5 0 0 1-6.4-6.4L13 4.7a3 3 0 0 1 4.3 4.3l-7.5 7.5a1.5 1.5 0 0 1-2.1-2.1l6.8-6.9',
} as const;

export type Icon = keyof typeof PATHS;

const SVG = 'http://www.w3.org/2000/svg';

export function icon(name: Icon): SVGSVGElement {
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('viewBox', '0 0 24 24');
  svg.setAttribute('aria-hidden', 'true');
  svg.setAttribute('class', `icon icon-${name}`);
  const path = document.createElementNS(SVG, 'path');
  path.setAttribute('d', PATHS[name]);
  svg.append(path);
  return svg;
}
