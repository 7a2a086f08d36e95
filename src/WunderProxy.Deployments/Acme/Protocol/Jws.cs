using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace WunderProxy.Deployments.Acme.Protocol;

/// <summary>Writes the signed requests of ACME (RFC 8555 section 6.2) as flattened JSON (RFC 7515 section 7.2.2).</summary>
internal static class Jws
{
    /// <summary>Signs a request with the account key.</summary>
    /// <param name="key">The account key.</param>
    /// <param name="accountUrl">URL of the account; null before the account is known, which sends the public key.</param>
    /// <param name="url">URL of the request.</param>
    /// <param name="nonce">A nonce of the server.</param>
    /// <param name="payload">The JSON payload; empty for a read (POST-as-GET).</param>
    public static byte[] Sign(AcmeAccountKey key, string? accountUrl, string url, string nonce, ReadOnlySpan<byte> payload)
    {
        var header = Header("ES256", accountUrl, accountUrl is null ? key.Jwk : null, url, nonce);
        return Write(header, payload, key.Sign);
    }

    /// <summary>
    /// Signs the account's public key with the key that the authority gave out (external account binding, RFC 8555
    /// section 7.3.4).
    /// </summary>
    public static byte[] Bind(ExternalAccount account, string jwk, string url) =>
        Write(
            Header("HS256", account.KeyId, jwk: null, url, nonce: null),
            Encoding.ASCII.GetBytes(jwk),
            bytes => HMACSHA256.HashData(account.Key.Span, bytes));

    private static byte[] Header(string algorithm, string? keyId, string? jwk, string url, string? nonce)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("alg", algorithm);
            if (keyId is not null)
            {
                json.WriteString("kid", keyId);
            }

            if (jwk is not null)
            {
                json.WritePropertyName("jwk");
                json.WriteRawValue(jwk);
            }

            if (nonce is not null)
            {
                json.WriteString("nonce", nonce);
            }

            json.WriteString("url", url);
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static byte[] Write(byte[] header, ReadOnlySpan<byte> payload, Func<byte[], byte[]> sign)
    {
        var headerText = Base64Url.EncodeToString(header);
        var payloadText = Base64Url.EncodeToString(payload);
        var signature = sign(Encoding.ASCII.GetBytes($"{headerText}.{payloadText}"));
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("protected", headerText);
            json.WriteString("payload", payloadText);
            json.WriteString("signature", Base64Url.EncodeToString(signature));
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }
}
