namespace WunderProxy.Forwarding.Http1;

/// <summary>Walks the elements of a comma-separated value (RFC 9110 section 5.6.1); empty elements are skipped.</summary>
/// <remarks>For lists of tokens: a comma in a quoted string splits here, and neither part is a token.</remarks>
internal ref struct ListValue(ReadOnlySpan<byte> value)
{
    private ReadOnlySpan<byte> _rest = value;

    /// <summary>The element found last, without blanks around it.</summary>
    public ReadOnlySpan<byte> Current { get; private set; } = default;

    /// <summary>Goes to the next element; false when there is none.</summary>
    public bool MoveNext()
    {
        while (!_rest.IsEmpty)
        {
            int comma = _rest.IndexOf((byte)',');
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
