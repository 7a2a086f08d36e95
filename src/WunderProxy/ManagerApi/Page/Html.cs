using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;

namespace WunderProxy.ManagerApi.Page;

/// <summary>
/// Markup under construction. The constant parts of an interpolated string are taken as they are, and every value in it
/// is escaped, unless the value is itself <see cref="Html"/>: a section cannot forget to escape.
/// </summary>
internal sealed class Html
{
    private readonly StringBuilder _text = new();

    /// <summary>Appends markup whose interpolated values are escaped.</summary>
    public Html Add([InterpolatedStringHandlerArgument("")] ref Markup markup) => this;

    /// <summary>Creates markup from an interpolated string, whose values are escaped.</summary>
    public static Html Of(ref Markup markup) => markup.Target;

    /// <summary>Whether there is no markup yet.</summary>
    public bool IsEmpty => _text.Length == 0;

    /// <inheritdoc/>
    public override string ToString() => _text.ToString();

    private void AppendEscaped(ReadOnlySpan<char> text)
    {
        foreach (var character in text)
        {
            _ = character switch
            {
                '&' => _text.Append("&amp;"),
                '<' => _text.Append("&lt;"),
                '>' => _text.Append("&gt;"),
                '"' => _text.Append("&quot;"),
                '\'' => _text.Append("&#39;"),
                '\t' or '\n' => _text.Append(character),
                _ when char.IsControl(character) => _text.Append('\uFFFD'),
                _ => _text.Append(character),
            };
        }
    }

    /// <summary>Receives the parts of an interpolated string; used by the compiler.</summary>
    [InterpolatedStringHandler]
    public readonly ref struct Markup
    {
        /// <summary>Begins the markup of one interpolated string.</summary>
        public Markup(int literalLength, int formattedCount) => Target = new Html();

        /// <summary>Continues <paramref name="target"/>.</summary>
        public Markup(int literalLength, int formattedCount, Html target) => Target = target;

        /// <summary>The markup that receives the parts.</summary>
        public Html Target { get; }

        /// <summary>Appends a constant part as it is.</summary>
        public void AppendLiteral(string literal) => Target._text.Append(literal);

        /// <summary>Appends markup that was escaped when it was made.</summary>
        public void AppendFormatted(Html? markup) => Target._text.Append(markup?._text);

        /// <summary>Appends a text with its special characters escaped; null for nothing.</summary>
        public void AppendFormatted(string? text) => Target.AppendEscaped(text);

        /// <summary>Appends a number in the invariant culture.</summary>
        public void AppendFormatted(long number) => Target._text.Append(CultureInfo.InvariantCulture, $"{number}");

        /// <summary>Appends a number in the invariant culture.</summary>
        public void AppendFormatted(double number, string format) =>
            Target.AppendEscaped(number.ToString(format, CultureInfo.InvariantCulture));
    }
}
