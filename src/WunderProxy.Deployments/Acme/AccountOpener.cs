using System.Text.Json;
using WunderProxy.Deployments.Acme.Protocol;
using WunderProxy.Deployments.Acme.Sharing;

namespace WunderProxy.Deployments.Acme;

/// <summary>
/// Finds the account at the server, in the store if accounts are shared, else in the state directory, or makes one. Called
/// under the lease if there is one.
/// </summary>
internal sealed class AccountOpener(AcmeOptions options, AcmeState state, AcmeTransport transport)
{
    private readonly string _name = AcmeState.AccountNameOf(options.Directory);

    /// <summary>Opens the account; its key is durable before the server knows it.</summary>
    /// <param name="directory">The server's directory.</param>
    /// <param name="shared">What instances share; null if nothing is shared.</param>
    /// <param name="renew">Whether the account's URL has to be asked for, because the server forgot the account.</param>
    /// <param name="foreign">What is done when the shared account is sealed with another key.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <exception cref="AcmeException">The server refused.</exception>
    /// <exception cref="ForeignSealException">The shared account is sealed with another key.</exception>
    /// <exception cref="Storage.StateUnwritableException">The state directory cannot be written.</exception>
    /// <exception cref="Storage.ObjectStoreException">The store failed.</exception>
    public async Task<AcmeSession> OpenAsync(
        AcmeDirectory directory, SharedDocuments? shared, bool renew, ForeignAccount foreign, CancellationToken cancellationToken)
    {
        var own = state.ReadAccount(options.Directory);
        AccountDocument? common = null;
        try
        {
            common = shared is null ? null : await shared.ReadAsync(_name, Parse, cancellationToken);
        }
        catch (ForeignSealException) when (foreign == ForeignAccount.IsPassedOver)
        {
            // An account of this instance's own serves as well; the document is left alone.
            shared = null;
        }

        var account = common ?? own ?? NewAccount();
        var session = new AcmeSession(transport, directory, AcmeAccountKey.FromPem(account.Key!)) { AccountUrl = account.Url };
        if (account.Url is null || renew)
        {
            if (account != own)
            {
                state.WriteAccount(options.Directory, account);
            }

            await session.OpenAccountAsync(options.Email, options.ExternalAccount, cancellationToken);
            account = account with { Url = session.AccountUrl, Email = options.Email };
        }
        else if (account.Email != options.Email)
        {
            await session.ChangeEmailAsync(options.Email, cancellationToken);
            account = account with { Email = options.Email };
        }

        if (account != own)
        {
            state.WriteAccount(options.Directory, account);
        }

        if (shared is not null && account != common)
        {
            var bytes = JsonSerializer.SerializeToUtf8Bytes(account, AcmeStateJsonContext.Default.AccountDocument);
            await shared.WriteAsync(_name, bytes, cancellationToken);
        }

        return session;
    }

    private AccountDocument Parse(byte[] bytes) => AcmeState.AccountOf(bytes, options.Directory);

    private AccountDocument NewAccount()
    {
        using var key = AcmeAccountKey.Create();
        return new AccountDocument { Directory = options.Directory.AbsoluteUri, Key = key.ToPem() };
    }
}
