import './logo.css'

/** A klieg light: lamp and beam. */
export function Logo({ size = 32 }: { size?: number }) {
  return (
    <svg className="logo" width={size} height={size} viewBox="0 0 32 32" aria-hidden="true" focusable="false">
      <path className="logo-beam" d="M15.2 9.6 30 4v24l-14.8-5.6z" />
      <path className="logo-core" d="M15.2 9.6 30 13v6l-14.8 3.4z" />
      <rect className="logo-lamp" x="3" y="8.4" width="12.2" height="15.2" rx="3.6" />
      <rect className="logo-vent" x="6.4" y="12.4" width="2" height="7.2" rx="1" />
      <rect className="logo-vent" x="9.9" y="12.4" width="2" height="7.2" rx="1" />
    </svg>
  )
}
