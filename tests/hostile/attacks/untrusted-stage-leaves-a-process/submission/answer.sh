cat answer.txt
