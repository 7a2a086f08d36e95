using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace WunderProxy.Deployments.LaunchConfigs;

/// <summary>
/// Names a launch config, by its SHA-256 identity or by the MD5 alias that the old tool wrote. Both are digests of the
/// exact stored bytes, so either can be verified against them.
/// </summary>
public readonly record struct LaunchConfigReference
{
    /// <summary>Number of digits shown to people.</summary>
    public const int ShortLength = 8;

    private const int Md5Length = 32;

    private readonly string? _value;

    private LaunchConfigReference(string value) => _value = value;

    /// <summary>32 (MD5) or 64 (SHA-256) hexadecimal digits in lower case; empty for the default value.</summary>
    public string Value => _value ?? "";

    /// <summary>The first 8 digits of the digest.</summary>
    public string Brief => _value is null ? "" : _value[..ShortLength];

    /// <summary>Whether this is an MD5 alias and not the SHA-256 identity.</summary>
    public bool IsAlias => Value.Length == Md5Length;

    /// <summary>Parses 32 or 64 hexadecimal digits, of any case and with white space around them.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out LaunchConfigReference reference)
    {
        var digits = text?.Trim() ?? "";
        var isHash = digits.Length is Md5Length or LaunchConfigHash.Length && digits.All(char.IsAsciiHexDigit);
        reference = isHash ? new LaunchConfigReference(digits.ToLowerInvariant()) : default;
        return isHash;
    }

    /// <summary>Parses 32 or 64 hexadecimal digits, of any case and with white space around them.</summary>
    /// <exception cref="FormatException">The text is neither an MD5 nor a SHA-256 digest.</exception>
    public static LaunchConfigReference Parse(string text) =>
        TryParse(text, out var reference)
            ? reference
            : throw new FormatException($"'{text}' is not a launch config hash: 32 or 64 hex digits are expected");

    /// <summary>Converts a SHA-256 hash to a reference.</summary>
    public static implicit operator LaunchConfigReference(LaunchConfigHash hash) => FromHash(hash);

    /// <summary>Converts a SHA-256 hash to a reference.</summary>
    public static LaunchConfigReference FromHash(LaunchConfigHash hash) => new(hash.Value);

    /// <summary>Computes the MD5 alias of these bytes.</summary>
    public static LaunchConfigReference AliasOf(ReadOnlySpan<byte> bytes)
    {
#pragma warning disable CA5351 // MD5 names the objects that the old tool stored; it protects nothing.
        return new LaunchConfigReference(Convert.ToHexStringLower(MD5.HashData(bytes)));
#pragma warning restore CA5351
    }

    /// <summary>Whether this reference names exactly these bytes.</summary>
    public bool Matches(ReadOnlySpan<byte> bytes) => DigestOf(bytes) == this;

    /// <summary>Computes the digest of these bytes with the algorithm of this reference.</summary>
    public LaunchConfigReference DigestOf(ReadOnlySpan<byte> bytes) =>
        IsAlias ? AliasOf(bytes) : LaunchConfigHash.Of(bytes);

    /// <inheritdoc/>
    public override string ToString() => Value;
}
