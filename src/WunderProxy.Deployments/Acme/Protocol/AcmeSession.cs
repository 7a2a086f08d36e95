using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace WunderProxy.Deployments.Acme.Protocol;

/// <summary>An account at a server, under which requests are made.</summary>
/// <param name="transport">The way to the server.</param>
/// <param name="directory">Where requests go.</param>
/// <param name="key">The account's key.</param>
internal sealed class AcmeSession(AcmeTransport transport, AcmeDirectory directory, AcmeAccountKey key)
{
    /// <summary>Where requests go.</summary>
    public AcmeDirectory Directory => directory;

    /// <summary>The account's key.</summary>
    public AcmeAccountKey Key => key;

    /// <summary>URL of the account; null before it is known.</summary>
    public string? AccountUrl { get; set; }

    /// <summary>Reads and judges the directory of the server.</summary>
    /// <exception cref="AcmeException">The server cannot be reached, or the answer is no directory.</exception>
    public static async Task<AcmeDirectory> ReadDirectoryAsync(
        AcmeTransport transport, Uri url, CancellationToken cancellationToken)
    {
        var answer = await transport.GetAsync(url.AbsoluteUri, cancellationToken);
        var directory = AcmeTransport.Read(answer, AcmeJsonContext.Default.AcmeDirectory, "directory");
        if (directory is not { NewNonce: not null, NewAccount: not null, NewOrder: not null })
        {
            throw new AcmeException("the ACME server's directory is incomplete", "newNonce, newAccount and newOrder are needed");
        }

        transport.NewNonceUrl = directory.NewNonce;
        return directory;
    }

    /// <summary>Makes the account, or finds the one that the key has already, and keeps its URL.</summary>
    /// <exception cref="AcmeException">The server refused.</exception>
    public async Task OpenAccountAsync(string? email, ExternalAccount? external, CancellationToken cancellationToken)
    {
        var url = directory.NewAccount!;
        var request = new NewAccountRequest
        {
            TermsOfServiceAgreed = true,
            Contact = email is null ? null : [Mail(email)],
            ExternalAccountBinding = external is null ? null : JsonElement.Parse(Jws.Bind(external, key.Jwk, url)),
        };
        AccountUrl = null;
        var answer = await PostAsync(url, request, AcmeJsonContext.Default.NewAccountRequest, cancellationToken);
        AccountUrl = answer.LocationOf("the new account");
    }

    /// <summary>Tells the server another mail address.</summary>
    /// <exception cref="AcmeException">The server refused.</exception>
    public Task ChangeEmailAsync(string? email, CancellationToken cancellationToken) =>
        PostAsync(
            AccountUrl!,
            new ContactRequest(email is null ? [] : [Mail(email)]),
            AcmeJsonContext.Default.ContactRequest,
            cancellationToken);

    /// <summary>Sends a document.</summary>
    /// <exception cref="AcmeException">The server refused.</exception>
    public Task<AcmeAnswer> PostAsync<T>(
        string url, T document, JsonTypeInfo<T> type, CancellationToken cancellationToken) =>
        SendAsync(url, JsonSerializer.SerializeToUtf8Bytes(document, type), maxBytes: 0, cancellationToken);

    /// <summary>Sends an empty document, which begins a challenge (RFC 8555 section 7.5.1).</summary>
    /// <exception cref="AcmeException">The server refused.</exception>
    public Task<AcmeAnswer> PostEmptyAsync(string url, CancellationToken cancellationToken) =>
        SendAsync(url, "{}"u8.ToArray(), maxBytes: 0, cancellationToken);

    /// <summary>Reads what is under a URL (POST-as-GET, RFC 8555 section 6.3).</summary>
    /// <param name="url">URL to read.</param>
    /// <param name="maxBytes">Most bytes; 0 for the limit of a document.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    /// <exception cref="AcmeException">The server refused.</exception>
    public Task<AcmeAnswer> ReadAsync(string url, int maxBytes, CancellationToken cancellationToken) =>
        SendAsync(url, [], maxBytes, cancellationToken);

    private Task<AcmeAnswer> SendAsync(string url, byte[] payload, int maxBytes, CancellationToken cancellationToken) =>
        transport.PostAsync(url, nonce => Jws.Sign(key, AccountUrl, url, nonce, payload), maxBytes, cancellationToken);

    private static string Mail(string email) => "mailto:" + email;
}
