/** Says a sentence to those who listen to the page instead of looking at it. */
export function announce(sentence: string): void {
  let region = document.getElementById('announcements');
  if (region === null) {
    region = document.createElement('div');
    region.id = 'announcements';
    region.className = 'sr-only';
    region.setAttribute('role', 'status');
    region.setAttribute('aria-live', 'polite');
    document.body.append(region);
  }
  region.textContent = sentence;
}
