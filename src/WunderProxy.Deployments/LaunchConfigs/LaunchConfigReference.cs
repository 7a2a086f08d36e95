using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace WunderProxy.Deployments.LaunchConfigs;

/// <summary>
/// How somebody names a launch config: by its SHA-256 identity, or by the MD5 alias that the old tool wrote. Both are
/// digests of the exact stored bytes, so either can be checked against them.
/// </summary>
public readonly record struct LaunchConfigReference
{
    /// <summary>Digits shown to people.</summary>
    public const int ShortLength = 8;

    private const int Md5Length = 32;

    private readonly string? _value;

    private LaunchConfigReference(string value) => _value = value;

    /// <summary>32 (MD5) or 64 (SHA-256) hex digits in lower case; empty for the default value.</summary>
    public string Value => _value ?? "";

    /// <summary>The first 8 digits as given.</summary>
    public string Brief => _value is null ? "" : _value[..ShortLength];

    /// <summary>Whether this is an MD5 alias and not the identity itself.</summary>
    public bool IsAlias => Value.Length == Md5Length;

    /// <summary>Reads 32 or 64 hex digits, of any case and with white space around them.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out LaunchConfigReference reference)
    {
        var digits = text?.Trim() ?? "";
        var isHash = digits.Length is Md5Length or LaunchConfigHash.Length && digits.All(char.IsAsciiHexDigit);
        reference = isHash ? new LaunchConfigReference(digits.ToLowerInvariant()) : default;
        return isHash;
    }

    /// <summary>Reads 32 or 64 hex digits.</summary>
    /// <exception cref="FormatException">The text is neither an MD5 nor a SHA-256 digest.</exception>
    public static LaunchConfigReference Parse(string text) =>
        TryParse(text, out var reference)
            ? reference
            : throw new FormatException($"'{text}' is no launch config hash: 32 or 64 hex digits are expected");

    /// <summary>The reference by identity.</summary>
    public static implicit operator LaunchConfigReference(LaunchConfigHash hash) => FromHash(hash);

    /// <summary>The reference by identity.</summary>
    public static LaunchConfigReference FromHash(LaunchConfigHash hash) => new(hash.Value);

    /// <summary>The MD5 alias of these bytes.</summary>
    public static LaunchConfigReference AliasOf(ReadOnlySpan<byte> bytes)
    {
#pragma warning disable CA5351 // MD5 names the objects that the old tool stored; nothing is protected by it.
        return new LaunchConfigReference(Convert.ToHexStringLower(MD5.HashData(bytes)));
#pragma warning restore CA5351
    }

    /// <summary>Whether this names exactly these bytes.</summary>
    public bool Matches(ReadOnlySpan<byte> bytes) => DigestOf(bytes) == this;

    /// <summary>The digest of these bytes by the same algorithm as this reference.</summary>
    public LaunchConfigReference DigestOf(ReadOnlySpan<byte> bytes) =>
        IsAlias ? AliasOf(bytes) : LaunchConfigHash.Of(bytes);

    /// <inheritdoc/>
    public override string ToString() => Value;
}
