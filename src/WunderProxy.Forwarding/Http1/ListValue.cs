namespace WunderProxy.Forwarding.Http1;

/// <summary>Enumerates the elements of a comma-separated value (RFC 9110 section 5.6.1) and skips empty ones.</summary>
/// <remarks>
/// Suitable for lists of tokens only: a comma in a quoted string splits here, and neither part is a token.
/// </remarks>
internal ref struct ListValue(ReadOnlySpan<byte> value)
{
    private ReadOnlySpan<byte> _rest = value;

    /// <summary>The current element, without surrounding blanks.</summary>
    public ReadOnlySpan<byte> Current { get; private set; } = default;

    /// <summary>Advances to the next element; returns false after the last one.</summary>
    public bool MoveNext()
    {
        while (!_rest.IsEmpty)
        {
            var comma = _rest.IndexOf((byte)',');
            Current = Grammar.TrimBlanks(comma < 0 ? _rest : _rest[..comma]);
            _rest = comma < 0 ? default : _rest[(comma + 1)..];
            if (!Current.IsEmpty)
            {
                return true;
            }
        }

        return false;
    }
}
