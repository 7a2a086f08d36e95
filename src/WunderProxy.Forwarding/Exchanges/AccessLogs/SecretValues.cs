namespace WunderProxy.Forwarding.Exchanges.AccessLogs;

/// <summary>
/// Finds the values in a request target that its names call secret, in one pass. A name is secret if it contains one of
/// the words <c>token</c>, <c>key</c>, <c>password</c>, <c>passwd</c>, <c>passphrase</c>, <c>code</c>, <c>signature</c>,
/// <c>secret</c>, <c>credential</c>, or is <c>sig</c>, <c>auth</c>, <c>pass</c> or <c>pwd</c>: percent-encoding is undone
/// once, upper and lower case are equal, and everything but letters and digits is passed over.
/// </summary>
/// <remarks>
/// <para>Names begin after <c>?</c>, <c>&amp;</c>, <c>;</c> and <c>#</c>, in a path after <c>/</c> too, and end at
/// <c>=</c>; a value ends at the next <c>&amp;</c>, <c>;</c> or <c>#</c>, in a path at <c>/</c> and <c>?</c> too. Encoded
/// characters count as well, so that the parameters of an encoded target within a target are found, but do not end a
/// value that began after a plain <c>=</c>, because they belong to it.</para>
/// <para>More is masked than has to be, such as <c>zipcode</c>: a rule without exceptions leaves nothing out.</para>
/// </remarks>
internal ref struct SecretValues(ReadOnlySpan<byte> target)
{
    private const int ExactLength = 4;

    private readonly ReadOnlySpan<byte> _target = target;
    private int _at;
    private bool _isQuery;
    private bool _isSecret;

    // The last eight letters of the name; longer words are told by their ends.
    private ulong _tail;
    private int _letters;

    /// <summary>Offset of the value found last.</summary>
    public int Start { get; private set; }

    /// <summary>Offset behind the value found last.</summary>
    public int End { get; private set; }

    /// <summary>Whether the target can contain a secret value at all; false for most.</summary>
    public static bool MayBeIn(ReadOnlySpan<byte> target) => target.IndexOfAny((byte)'=', (byte)'%') >= 0;

    /// <summary>Goes on to the next value that has to be masked.</summary>
    /// <returns>Whether there is one.</returns>
    public bool MoveNext()
    {
        while (_at < _target.Length)
        {
            var octet = Next(ref _at, out var isEncoded);
            if (octet == '=' && (_isSecret || IsSecretAsAWhole))
            {
                Start = _at;
                _at = End = FindEnd(isEncoded);
                return true;
            }

            if (IsSeparator(octet, isEncoded))
            {
                _isQuery |= octet == '?' && !isEncoded;
                BeginName();
            }
            else
            {
                Take(octet);
            }
        }

        return false;
    }

    private readonly bool IsSecretAsAWhole => _letters <= ExactLength && IsShortSecret(_tail);

    private static bool IsShortSecret(ulong name) =>
        name == Letters("sig"u8) || name == Letters("auth"u8) || name == Letters("pass"u8) || name == Letters("pwd"u8);

    private static bool EndsWithWord(ulong tail) => (byte)tail switch
    {
        (byte)'n' => EndsWith(tail, "token"u8),
        (byte)'y' => EndsWith(tail, "key"u8),
        (byte)'d' => EndsWith(tail, "password"u8) || EndsWith(tail, "passwd"u8),
        (byte)'e' => EndsWith(tail, "code"u8) || EndsWith(tail, "ignature"u8) || EndsWith(tail, "ssphrase"u8),
        (byte)'t' => EndsWith(tail, "secret"u8),
        (byte)'l' => EndsWith(tail, "edential"u8),
        _ => false,
    };

    private static bool EndsWith(ulong tail, ReadOnlySpan<byte> word)
    {
        var mask = word.Length == sizeof(ulong) ? ulong.MaxValue : (1UL << (8 * word.Length)) - 1;
        return (tail & mask) == Letters(word);
    }

    private static ulong Letters(ReadOnlySpan<byte> word)
    {
        var letters = 0UL;
        foreach (var letter in word)
        {
            letters = (letters << 8) | letter;
        }

        return letters;
    }

    private void BeginName()
    {
        _isSecret = false;
        _tail = 0;
        _letters = 0;
    }

    private void Take(byte octet)
    {
        var letter = octet is >= (byte)'A' and <= (byte)'Z' ? (byte)(octet | 0x20) : octet;
        if (letter is (>= (byte)'a' and <= (byte)'z') or (>= (byte)'0' and <= (byte)'9'))
        {
            _tail = (_tail << 8) | letter;
            _letters++;
            _isSecret |= EndsWithWord(_tail);
        }
    }

    private readonly int FindEnd(bool atEncoded)
    {
        for (var at = _at; at < _target.Length;)
        {
            var before = at;
            var octet = Next(ref at, out var isEncoded);
            if (EndsValue(octet, isEncoded) && (!isEncoded || atEncoded))
            {
                return before;
            }
        }

        return _target.Length;
    }

    // A value in a query may contain question marks and slashes (RFC 3986 section 3.4).
    private readonly bool EndsValue(byte octet, bool isEncoded) => octet switch
    {
        (byte)'&' or (byte)';' or (byte)'#' => true,
        (byte)'/' or (byte)'?' => !_isQuery && !isEncoded,
        _ => false,
    };

    private readonly bool IsSeparator(byte octet, bool isEncoded) => octet switch
    {
        (byte)'&' or (byte)';' or (byte)'?' or (byte)'#' => true,
        (byte)'/' => !_isQuery && !isEncoded,
        _ => false,
    };

    /// <summary>Reads a byte; three bytes that encode one are one.</summary>
    private readonly byte Next(ref int at, out bool isEncoded)
    {
        var octet = _target[at++];
        isEncoded = octet == '%' && at + 1 < _target.Length
            && Uri.IsHexDigit((char)_target[at]) && Uri.IsHexDigit((char)_target[at + 1]);
        if (!isEncoded)
        {
            return octet;
        }

        octet = (byte)((Convert(_target[at]) << 4) | Convert(_target[at + 1]));
        at += 2;
        return octet;
    }

    private static int Convert(byte digit) => digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10;
}
