using System.Buffers;
using System.Text;

namespace WunderProxy.Deployments.LaunchConfigs;

/// <summary>
/// Checks that bytes are one JSON text (RFC 8259) that every reader understands in the same way: UTF-8 throughout, no
/// lone surrogate, no NUL, no name twice in an object. Errors are described in words, with line and column as editors
/// count them.
/// </summary>
internal ref struct JsonText
{
    private const int MaxDepth = 64;
    private const int MaxShownWord = 20;
    private const int MaxShownName = 100;
    private const string NoComments = "comments are not allowed in JSON";

    private readonly ReadOnlySpan<byte> _bytes;
    private readonly List<string> _path = [];
    private int _at;

    private JsonText(ReadOnlySpan<byte> bytes) => _bytes = bytes;

    /// <summary>Checks a whole text and throws at the first error.</summary>
    /// <exception cref="InvalidLaunchConfigException">
    /// The bytes are not such a text; the message names field, line and column.
    /// </exception>
    public static void Check(ReadOnlySpan<byte> bytes)
    {
        var text = new JsonText(bytes);
        text.CheckEncoding();
        text.SkipBlanks();
        if (text._at == bytes.Length)
        {
            throw new InvalidLaunchConfigException("", "the text is empty; a JSON object is expected");
        }

        text.ReadValue();
        text.SkipBlanks();
        if (text._at < bytes.Length)
        {
            throw text.Bad($"the text should end here, after its first value; {text.Here()} follows");
        }
    }

    private readonly bool IsAtEnd => _at == _bytes.Length;

    private readonly byte Next => IsAtEnd ? (byte)0 : _bytes[_at];

    private readonly string Path
    {
        get
        {
            var path = new StringBuilder();
            foreach (var part in _path)
            {
                path.Append(path.Length > 0 && part[0] != '[' ? "." : "").Append(part);
            }

            return path.ToString();
        }
    }

    private readonly void CheckEncoding()
    {
        if (_bytes.StartsWith("\uFEFF"u8))
        {
            throw new InvalidLaunchConfigException(
                "", "the text begins with a byte order mark (bytes EF BB BF): save it as UTF-8 without one");
        }

        if (_bytes is [0xFF, 0xFE, ..] or [0xFE, 0xFF, ..] or [0, _, ..] or [_, 0, ..])
        {
            throw new InvalidLaunchConfigException("", "the text is UTF-16 or UTF-32: save it as UTF-8");
        }
    }

    private void SkipBlanks()
    {
        while (!IsAtEnd && Next is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n')
        {
            _at++;
        }
    }

    private void ReadValue()
    {
        switch (Next)
        {
            case (byte)'{':
                ReadObject();
                break;
            case (byte)'[':
                ReadList();
                break;
            case (byte)'"':
                ReadString(isKept: false);
                break;
            case (byte)'-' or (>= (byte)'0' and <= (byte)'9'):
                ReadNumber();
                break;
            default:
                ReadWord();
                break;
        }
    }

    private void ReadObject()
    {
        HashSet<string> names = new(StringComparer.Ordinal);
        Enter();
        SkipBlanks();
        while (Next != '}')
        {
            if (Next != '"')
            {
                throw Bad(Next is (byte)'/' or (byte)'#'
                    ? NoComments
                    : $"a name in double quotes is expected, not {Here()}");
            }

            var start = _at;
            var name = ReadString(isKept: true);
            _path.Add(Shown(name));
            if (!names.Add(name))
            {
                throw new InvalidLaunchConfigException(Path, $"occurs twice in the same object, again at {Place(start)}");
            }

            SkipBlanks();
            if (Next != ':')
            {
                throw Bad($"':' is expected after the name, not {Here()}");
            }

            _at++;
            ReadItem('}');
        }

        Leave();
    }

    private void ReadList()
    {
        Enter();
        SkipBlanks();
        for (var i = 0; Next != ']'; i++)
        {
            _path.Add($"[{i}]");
            ReadItem(']');
        }

        Leave();
    }

    /// <summary>
    /// Reads a value and the comma after it, unless it is the last item before <paramref name="end"/>.
    /// </summary>
    private void ReadItem(char end)
    {
        SkipBlanks();
        ReadValue();
        SkipBlanks();
        if (Next == ',')
        {
            var comma = _at++;
            SkipBlanks();
            if (Next == end)
            {
                _at = comma;
                throw Bad($"no comma may stand before '{end}'");
            }
        }
        else if (Next != end)
        {
            throw Bad(Next is (byte)'/' or (byte)'#' ? NoComments : $"',' or '{end}' is expected, not {Here()}");
        }

        _path.RemoveAt(_path.Count - 1);
    }

    private void Enter()
    {
        // Every open object or list except the outermost has a name or an index in the path.
        if (_path.Count >= MaxDepth)
        {
            throw Bad($"objects and lists stand in one another deeper than {MaxDepth} levels");
        }

        _at++;
    }

    private void Leave() => _at++;

    private void ReadWord()
    {
        ReadOnlySpan<string> words = ["true", "false", "null"];
        foreach (var word in words)
        {
            if (_bytes[_at..].StartsWith(Encoding.ASCII.GetBytes(word)))
            {
                _at += word.Length;
                return;
            }
        }

        throw Bad(Next switch
        {
            (byte)'/' or (byte)'#' => NoComments,
            (byte)'\'' => "a string needs double quotes",
            (byte)',' or (byte)'}' or (byte)']' => $"a value is missing before {Here()}",
            (byte)'+' or (byte)'.' => "a number must begin with a digit or '-'",
            _ => $"a value is expected (an object, a list, a string in double quotes, a number, true, false or null), not {Here()}",
        });
    }

    private void ReadNumber()
    {
        _at += Next == '-' ? 1 : 0;
        var start = _at;
        ReadDigits();
        if (_at - start > 1 && _bytes[start] == '0')
        {
            _at = start;
            throw Bad("a number must not begin with 0");
        }

        if (Next == '.')
        {
            _at++;
            ReadDigits();
        }

        if (Next is (byte)'e' or (byte)'E')
        {
            _at++;
            _at += Next is (byte)'+' or (byte)'-' ? 1 : 0;
            ReadDigits();
        }
    }

    private void ReadDigits()
    {
        var start = _at;
        while (Next is >= (byte)'0' and <= (byte)'9')
        {
            _at++;
        }

        if (_at == start)
        {
            throw Bad($"a digit is expected, not {Here()}");
        }
    }

    /// <summary>Reads a string and checks its characters.</summary>
    /// <param name="isKept">Whether to return the content of the string.</param>
    /// <returns>The content of the string; empty unless <paramref name="isKept"/>.</returns>
    private string ReadString(bool isKept)
    {
        var kept = isKept ? new StringBuilder() : null;
        var opening = _at++;
        while (Next != '"')
        {
            if (IsAtEnd)
            {
                _at = opening;
                throw Bad("the string that begins here has no end: '\"' is missing");
            }

            if (Next < ' ')
            {
                throw Bad($"{Here()} must be written as an escape in a string, such as \\n");
            }

            var rune = Next == '\\' ? ReadEscape() : ReadRune();
            kept?.Append(rune.ToString());
        }

        _at++;
        return kept?.ToString() ?? "";
    }

    private Rune ReadRune()
    {
        if (Rune.DecodeFromUtf8(_bytes[_at..], out var rune, out var length) != OperationStatus.Done)
        {
            throw BadText($"holds a byte that is not UTF-8 (0x{Next:X2})", _at);
        }

        _at += length;
        return rune;
    }

    private Rune ReadEscape()
    {
        var start = _at++;
        var letter = Next;
        if (letter == 'u')
        {
            return ReadUnicodeEscape(start);
        }

        _at++;
        return new Rune(letter switch
        {
            (byte)'"' or (byte)'\\' or (byte)'/' => (char)letter,
            (byte)'b' => '\b',
            (byte)'f' => '\f',
            (byte)'n' => '\n',
            (byte)'r' => '\r',
            (byte)'t' => '\t',
            _ => throw BadEscape(start),
        });
    }

    private readonly InvalidLaunchConfigException BadEscape(int start)
    {
        var text = this;
        text._at = start;
        return text.Bad("after '\\' one of \" \\ / b f n r t u is expected; a backslash itself is written \\\\");
    }

    private Rune ReadUnicodeEscape(int start)
    {
        var unit = ReadUnit();
        if (char.IsHighSurrogate(unit) && _bytes[_at..].StartsWith("\\u"u8))
        {
            _at++;
            var low = ReadUnit();
            if (char.IsLowSurrogate(low))
            {
                return new Rune(unit, low);
            }
        }

        if (char.IsSurrogate(unit))
        {
            throw BadText($"holds half of a character: the lone surrogate \\u{(int)unit:x4}", start);
        }

        return unit == '\0' ? throw BadText("holds a NUL character (\\u0000)", start) : new Rune(unit);
    }

    /// <summary>Reads the four digits of a <c>\u</c> escape, with the position at the <c>u</c>.</summary>
    private char ReadUnit()
    {
        var escape = _at++ - 1;
        var value = 0;
        for (var i = 0; i < 4; i++, _at++)
        {
            if (!char.IsAsciiHexDigit((char)Next))
            {
                _at = escape;
                throw Bad("four hexadecimal digits are expected after \\u");
            }

            value = (value << 4) | Convert.ToInt32(((char)Next).ToString(), 16);
        }

        return (char)value;
    }

    private readonly InvalidLaunchConfigException Bad(string reason) => new("", $"bad JSON at {Place(_at)}: {reason}");

    private readonly InvalidLaunchConfigException BadText(string reason, int at)
    {
        var path = Path;
        return new InvalidLaunchConfigException(path.Length == 0 ? "the text" : path, $"{reason} at byte {at}, {Place(at)}");
    }

    private readonly string Place(int at)
    {
        var before = _bytes[..at];
        var lineStart = before.LastIndexOf((byte)'\n') + 1;
        return $"line {before.Count((byte)'\n') + 1}, column {Encoding.UTF8.GetCharCount(before[lineStart..]) + 1}";
    }

    private readonly string Here()
    {
        if (IsAtEnd)
        {
            return "the end of the text";
        }

        if (char.IsAsciiLetter((char)Next))
        {
            var length = _bytes[_at..].IndexOfAnyExceptInRange((byte)'A', (byte)'z');
            var word = Encoding.ASCII.GetString(_bytes.Slice(_at, Math.Min(length < 0 ? _bytes.Length - _at : length, MaxShownWord)));
            return $"'{word}'";
        }

        var isText = Rune.DecodeFromUtf8(_bytes[_at..], out var rune, out _) == OperationStatus.Done;
        return (isText, rune.Value) switch
        {
            (false, _) => $"the byte 0x{Next:X2}",
            (_, < ' ' or 0x7F) => $"the control character 0x{rune.Value:X2}",
            (_, < 0x7F) => $"'{rune}'",
            _ => $"the character U+{rune.Value:X4}",
        };
    }

    private static string Shown(string name) => name.Length switch
    {
        0 => "\"\"",
        > MaxShownName => name[..(char.IsHighSurrogate(name[MaxShownName - 1]) ? MaxShownName - 1 : MaxShownName)] + "…",
        _ => name,
    };
}
