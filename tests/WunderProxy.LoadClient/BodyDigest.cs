using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;

namespace WunderProxy.LoadClient;

/// <summary>Takes the content of one response in, and what has to be known of it.</summary>
/// <param name="coding">The Content-Encoding; null if there is none. Encoded content is collected and decoded at its end.</param>
internal sealed class BodyDigest(string? coding) : IDisposable
{
    private readonly IncrementalHash _digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly MemoryStream? _encoded = coding is null ? null : new MemoryStream();
    private readonly byte[] _kept = new byte[ResponseReader.KeptBytes];
    private long _length;

    /// <summary>Adds bytes as they came, without the framing of chunks.</summary>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        if (_encoded is not null)
        {
            _encoded.Write(bytes);
            return;
        }

        Add(bytes);
    }

    /// <summary>Returns the response whose content is complete.</summary>
    /// <exception cref="RequestFailedException">The content cannot be decoded.</exception>
    public Response ToResponse(int status, Dictionary<string, string> headers, bool canReuse)
    {
        Decode();
        return new Response(
            status,
            headers,
            _length,
            Convert.ToHexStringLower(_digest.GetHashAndReset()),
            Encoding.UTF8.GetString(_kept, 0, (int)long.Min(_length, ResponseReader.KeptBytes)),
            canReuse);
    }

    public void Dispose()
    {
        _digest.Dispose();
        _encoded?.Dispose();
    }

    private void Add(ReadOnlySpan<byte> bytes)
    {
        if (_length < ResponseReader.KeptBytes)
        {
            bytes[..(int)long.Min(bytes.Length, ResponseReader.KeptBytes - _length)].CopyTo(_kept.AsSpan((int)_length));
        }

        _digest.AppendData(bytes);
        _length += bytes.Length;
    }

    private void Decode()
    {
        if (_encoded is null)
        {
            return;
        }

        _encoded.Position = 0;
        try
        {
            using Stream decoder = coding switch
            {
                "br" => new BrotliStream(_encoded, CompressionMode.Decompress),
                "gzip" => new GZipStream(_encoded, CompressionMode.Decompress),
                _ => throw new RequestFailedException(FailureKind.Body, $"Content-Encoding '{coding}'"),
            };
            var block = new byte[64 * 1024];
            while (decoder.Read(block) is var read and > 0)
            {
                Add(block.AsSpan(0, read));
            }
        }
        catch (Exception exception) when (exception is InvalidDataException or InvalidOperationException)
        {
            throw new RequestFailedException(FailureKind.Body, $"malformed {coding}: {exception.Message}", exception);
        }
    }
}
