using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace WunderProxy.Deployments.LaunchConfigs;

/// <summary>
/// The identity of a launch config: the SHA-256 digest of its exact bytes. The MD5 digest of the same bytes is an
/// alias, represented by <see cref="LaunchConfigReference"/>.
/// </summary>
public readonly record struct LaunchConfigHash
{
    /// <summary>Number of hexadecimal digits of a hash.</summary>
    public const int Length = 64;

    private readonly string? _value;

    private LaunchConfigHash(string value) => _value = value;

    /// <summary>The hash as 64 hexadecimal digits in lower case; empty for the default value.</summary>
    public string Value => _value ?? "";

    /// <summary>The first 8 digits of the hash, for names and messages.</summary>
    public string Brief => _value is null ? "" : _value[..LaunchConfigReference.ShortLength];

    /// <summary>Computes the hash of these bytes.</summary>
    public static LaunchConfigHash Of(ReadOnlySpan<byte> bytes) =>
        new(Convert.ToHexStringLower(SHA256.HashData(bytes)));

    /// <summary>Parses 64 hexadecimal digits, of any case and with white space around them.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out LaunchConfigHash hash)
    {
        var isHash = LaunchConfigReference.TryParse(text, out var reference) && !reference.IsAlias;
        hash = isHash ? new LaunchConfigHash(reference.Value) : default;
        return isHash;
    }

    /// <summary>Parses 64 hexadecimal digits, of any case and with white space around them.</summary>
    /// <exception cref="FormatException">The text is not a SHA-256 digest.</exception>
    public static LaunchConfigHash Parse(string text) =>
        TryParse(text, out var hash) ? hash : throw new FormatException($"'{text}' is not a SHA-256 launch config hash");

    /// <summary>Whether these bytes have this hash.</summary>
    public bool Matches(ReadOnlySpan<byte> bytes) => Of(bytes) == this;

    /// <inheritdoc/>
    public override string ToString() => Value;
}
