using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using WunderProxy.Deployments.Storage;

namespace WunderProxy.Deployments.LaunchConfigs;

/// <summary>The <c>--cfg</c> file: <c>key=value</c> lines that every container gets as environment.</summary>
public sealed class ContainerEnvironmentFile
{
    private ContainerEnvironmentFile(IReadOnlyList<KeyValuePair<string, string>> variables, string digest) =>
        (Variables, Digest) = (variables, digest);

    /// <summary>What a service without a <c>--cfg</c> file has.</summary>
    public static ContainerEnvironmentFile None { get; } = new([], "");

    /// <summary>The variables in the order of the file; of a key that stands twice, the last value.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Variables { get; }

    /// <summary>
    /// SHA-256 of the file's bytes, 64 hex digits; empty without a file. For the label <c>wunderproxy.cfg</c>.
    /// </summary>
    public string Digest { get; }

    /// <summary>Reads a file.</summary>
    /// <exception cref="FormatException">
    /// A line is neither blank, a comment nor <c>key=value</c>, or not UTF-8; it is named.
    /// </exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    public static ContainerEnvironmentFile Load(string path) => Parse(path, BoundedFile.ReadAny(path, DocumentLimits.EnvironmentFile));

    /// <summary>Reads the content of a file.</summary>
    /// <param name="path">Its name, for messages.</param>
    /// <param name="bytes">Its content.</param>
    /// <exception cref="FormatException">
    /// A line is neither blank, a comment nor <c>key=value</c>, or not UTF-8; it is named.
    /// </exception>
    public static ContainerEnvironmentFile Parse(string path, ReadOnlySpan<byte> bytes)
    {
        OrderedDictionary<string, string> variables = [];
        CheckText(path, bytes);
        var number = 0;
        using var reader = new StreamReader(new MemoryStream(bytes.ToArray()));
        while (reader.ReadLine() is { } line)
        {
            number++;
            if (!string.IsNullOrWhiteSpace(line) && line.TrimStart()[0] != '#')
            {
                var (key, value) = ParseLine(path, number, line);
                variables[key] = value;
            }
        }

        return new ContainerEnvironmentFile([.. variables], Convert.ToHexStringLower(SHA256.HashData(bytes)));
    }

    /// <summary>Another encoding would silently change a value, such as a password.</summary>
    private static void CheckText(string path, ReadOnlySpan<byte> bytes)
    {
        if (bytes is [0xFF, 0xFE, ..] or [0xFE, 0xFF, ..])
        {
            throw new FormatException($"{path}: line 1 begins as UTF-16: save the file as UTF-8");
        }

        for (var rest = bytes; !rest.IsEmpty;)
        {
            if (Rune.DecodeFromUtf8(rest, out _, out var length) != OperationStatus.Done)
            {
                var at = bytes.Length - rest.Length;
                var line = bytes[..at].Count((byte)'\n') + 1;
                throw new FormatException($"{path}: line {line} holds a byte that is not UTF-8 (0x{rest[0]:X2}), at byte {at} of the file");
            }

            rest = rest[length..];
        }
    }

    private static (string Key, string Value) ParseLine(string path, int number, string line)
    {
        var equals = line.IndexOf('=');
        var key = equals < 0 ? "" : line[..equals].TrimStart();

        // The line itself is not shown: it may hold a secret.
        return key.Length > 0 && !key.Any(c => char.IsWhiteSpace(c) || c == '\0') && !line.Contains('\0')
            ? (key, line[(equals + 1)..])
            : throw new FormatException($"{path}: line {number} is no key=value");
    }
}
