using System.Text;
using WunderProxy.Deployments.Acme.Protocol;
using WunderProxy.Deployments.Storage;

namespace WunderProxy.Deployments.Acme.Sharing;

/// <summary>Publishes answers on this instance, and in the store for the others.</summary>
internal sealed class ChallengePublisher(IChallengeBoard board, SharedDocuments? shared) : IChallengeAnswers
{
    /// <inheritdoc/>
    public async Task PublishAsync(string token, string answer, CancellationToken cancellationToken)
    {
        board.Publish(token, answer);
        if (shared is null)
        {
            return;
        }

        try
        {
            await shared.WriteAsync(SharedAnswers.NameOf(token), Encoding.ASCII.GetBytes(answer), cancellationToken);
        }
        catch (ObjectStoreException exception)
        {
            board.Withdraw(token);
            throw new AcmeException("the answer to the challenge cannot be shared", exception.Message, exception);
        }
    }

    /// <inheritdoc/>
    public async Task WithdrawAsync(string token)
    {
        board.Withdraw(token);
        if (shared is null)
        {
            return;
        }

        try
        {
            await shared.DeleteAsync(SharedAnswers.NameOf(token), CancellationToken.None);
        }
        catch (ObjectStoreException)
        {
            // What is left behind is sealed, public by nature, and asked for by nobody.
        }
    }
}
