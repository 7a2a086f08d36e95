using System.Security.Cryptography;

namespace WunderProxy.ClientApplication;

/// <summary>Bodies that both ends know; compiled into the tests too.</summary>
internal static class TestBody
{
    /// <summary>What <c>/compressed</c> says.</summary>
    public const string CompressedText = "the same line again and again\nthe same line again and again\n";

    private const int PatternBytes = 64 * 1024;

    /// <summary>Bytes that follow a fixed pattern in which no two neighbouring kilobytes are alike.</summary>
    public static byte[] BytesOf(int count)
    {
        var bytes = new byte[count];
        for (var i = 0; i < count; i++)
        {
            bytes[i] = (byte)((uint)(i % PatternBytes) * 2654435761u >> 24);
        }

        return bytes;
    }

    /// <summary>What <c>/upload</c> answers to a body: its length and SHA-256.</summary>
    public static string ReceiptFor(byte[] body) => $"{body.Length} {Convert.ToHexStringLower(SHA256.HashData(body))}";
}
