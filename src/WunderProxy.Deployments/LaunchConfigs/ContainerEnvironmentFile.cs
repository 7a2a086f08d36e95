using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using WunderProxy.Deployments.Storage;

namespace WunderProxy.Deployments.LaunchConfigs;

/// <summary>
/// The <c>--cfg</c> file, whose <c>key=value</c> lines become environment variables of every container.
/// </summary>
public sealed class ContainerEnvironmentFile
{
    private ContainerEnvironmentFile(IReadOnlyList<KeyValuePair<string, string>> variables, string digest) =>
        (Variables, Digest) = (variables, digest);

    /// <summary>An empty file, for services without <c>--cfg</c>.</summary>
    public static ContainerEnvironmentFile None { get; } = new([], "");

    /// <summary>The variables in the order of the file; a key that occurs twice has its last value.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Variables { get; }

    /// <summary>
    /// SHA-256 of the file's bytes as 64 hexadecimal digits, for the label <c>wunderproxy.cfg</c>; empty without a
    /// file.
    /// </summary>
    public string Digest { get; }

    /// <summary>Reads and parses an environment file.</summary>
    /// <exception cref="FormatException">
    /// A line is neither blank, a comment nor <c>key=value</c>, or is not UTF-8; the message names the line.
    /// </exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">This process may not read the file.</exception>
    public static ContainerEnvironmentFile Load(string path) => Parse(path, BoundedFile.ReadAny(path, DocumentLimits.EnvironmentFile));

    /// <summary>Parses the content of a file.</summary>
    /// <param name="path">Path of the file, for error messages.</param>
    /// <param name="bytes">Content of the file.</param>
    /// <exception cref="FormatException">
    /// A line is neither blank, a comment nor <c>key=value</c>, or is not UTF-8; the message names the line.
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

    /// <summary>
    /// Refuses text that is not UTF-8: another encoding would silently change a value, such as a password.
    /// </summary>
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

        // The message does not show the line, which may hold a secret.
        return key.Length > 0 && !key.Any(c => char.IsWhiteSpace(c) || c == '\0') && !line.Contains('\0')
            ? (key, line[(equals + 1)..])
            : throw new FormatException($"{path}: line {number} is not key=value");
    }
}
